import { challengeLifetimeMs } from './challenges.ts';
import type { RelyingParty } from './relying-party.ts';
import { supportedAlgorithms } from './verify-registration.ts';

/** Names a passkey to a browser. */
export interface PasskeyName {
  /** In base64url. */
  readonly credentialId: string;
  readonly transports: readonly string[];
}

interface AuthenticationCeremony {
  readonly party: RelyingParty;
  /** In base64url. */
  readonly challenge: string;
  /** Empty: any passkey of the relying party, which its user chooses. */
  readonly passkeys: readonly PasskeyName[];
}

interface RegistrationCeremony extends AuthenticationCeremony {
  readonly user: { readonly id: string; readonly name: string; readonly displayName: string };
}

/** Loaded when it is used: it takes a while. */
const load = () => import('@simplewebauthn/server');

/** Returns the options of `navigator.credentials.get`, as JSON (WebAuthn Level 3, 5.1.9). */
export const authenticationOptions = async ({
  party,
  challenge,
  passkeys,
}: AuthenticationCeremony): Promise<string> => {
  const { generateAuthenticationOptions } = await load();
  return JSON.stringify(
    await generateAuthenticationOptions({
      rpID: party.id,
      challenge: toBytes(challenge),
      allowCredentials: passkeys.map(toDescriptor),
      userVerification: 'required',
      timeout: challengeLifetimeMs,
    }),
  );
};

/** Returns the options of `navigator.credentials.create`, as JSON (WebAuthn Level 3, 5.1.8). */
export const registrationOptions = async ({
  party,
  challenge,
  passkeys,
  user,
}: RegistrationCeremony): Promise<string> => {
  const { generateRegistrationOptions } = await load();
  return JSON.stringify(
    await generateRegistrationOptions({
      rpID: party.id,
      rpName: party.name,
      challenge: toBytes(challenge),
      userID: toUserHandle(user.id),
      userName: user.name,
      userDisplayName: user.displayName,
      excludeCredentials: passkeys.map(toDescriptor),
      authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
      attestationType: 'none',
      supportedAlgorithmIDs: [...supportedAlgorithms],
      timeout: challengeLifetimeMs,
    }),
  );
};

/** Returns the user handle of a user: the bytes of the id. */
export const toUserHandle = (userId: string) => new Uint8Array(Buffer.from(userId, 'utf8'));

/** Whether a user handle in base64url is that of a user. */
export const isUserHandle = (handle: string, userId: string): boolean =>
  Buffer.from(handle, 'base64url').equals(toUserHandle(userId));

const toBytes = (challenge: string) => new Uint8Array(Buffer.from(challenge, 'base64url'));

const toDescriptor = ({ credentialId, transports }: PasskeyName) => ({
  id: credentialId,
  transports: [...transports],
});
