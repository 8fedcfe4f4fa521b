import { challengeLifetimeMs } from './challenges.ts';
import type { RelyingParty } from './relying-party.ts';
import { supportedAlgorithms } from './verify-answer.ts';

export interface PasskeyName {
  /** In base64url. */
  readonly credentialId: string;
  readonly transports: readonly string[];
}

interface Ceremony {
  readonly party: RelyingParty;
  /** In base64url. */
  readonly challenge: string;
  readonly passkeys: readonly PasskeyName[];
}

/** Loaded when it is used: it takes a while. */
const load = () => import('@simplewebauthn/server');

/**
 * Returns the options of `navigator.credentials.get`, as JSON (WebAuthn Level 3, 5.1.9). Without passkeys: any one of the
 * relying party, which its user chooses.
 */
export async function authenticationOptions(ceremony: Ceremony): Promise<string> {
  const { generateAuthenticationOptions } = await load();
  const options = await generateAuthenticationOptions({
    ...common(ceremony),
    allowCredentials: descriptorsOf(ceremony),
    userVerification: 'required',
  });
  return JSON.stringify(options);
}

type PasskeyUser = Readonly<Record<'id' | 'name' | 'displayName', string>>;

/** Returns the options of `navigator.credentials.create`, as JSON (WebAuthn Level 3, 5.1.8). */
export async function registrationOptions(ceremony: Ceremony, user: PasskeyUser): Promise<string> {
  const { generateRegistrationOptions } = await load();
  const options = await generateRegistrationOptions({
    ...common(ceremony),
    rpName: ceremony.party.name,
    userID: toUserHandle(user.id),
    userName: user.name,
    userDisplayName: user.displayName,
    excludeCredentials: descriptorsOf(ceremony),
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    attestationType: 'none',
    supportedAlgorithmIDs: [...supportedAlgorithms],
  });
  return JSON.stringify(options);
}

/** Returns the user handle of a user: the bytes of the id. */
const toUserHandle = (userId: string) => new Uint8Array(Buffer.from(userId, 'utf8'));

export const isUserHandle = (handle: string, userId: string): boolean =>
  Buffer.from(handle, 'base64url').equals(toUserHandle(userId));

const common = ({ party, challenge }: Ceremony) => ({
  rpID: party.id,
  challenge: new Uint8Array(Buffer.from(challenge, 'base64url')),
  timeout: challengeLifetimeMs,
});

const descriptorsOf = ({ passkeys }: Ceremony) =>
  passkeys.map(({ credentialId: id, transports }) => ({ id, transports: [...transports] }));
