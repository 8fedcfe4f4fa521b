import {
  type AssertionJson,
  isFramed,
  type RegistrationJson,
  readClientData,
} from './credential-json.ts';
import type { RelyingParty } from './relying-party.ts';

/** What is stored of a passkey to check its answers. */
export interface PasskeyCredential {
  /** In base64url. */
  readonly credentialId: string;
  /** A COSE key. */
  readonly publicKey: Uint8Array;
  /** The number of its last answer. Always 0 for passkeys that do not count. */
  readonly counter: number;
}

export interface VerifiedRegistration extends PasskeyCredential {
  readonly isBackedUp: boolean;
  readonly transports: readonly string[];
}

export const supportedAlgorithms: readonly number[] = [-8, -7, -257];

/** WebAuthn Level 3, 7.1, step 25. An index of the database could not hold a much longer one. */
const maxCredentialIdBytes = 1023;

interface AnswerCheck<Answer> {
  readonly response: Answer;
  /** The challenge that the answer must have signed, in base64url. */
  readonly challenge: string;
  readonly party: RelyingParty;
  /** False only for test vectors: a passkey is two kinds of factors because it verifies its user. */
  readonly requiresUserVerification?: boolean;
}

const expected = ({ challenge, party, ...check }: Omit<AnswerCheck<unknown>, 'response'>) => ({
  expectedChallenge: challenge,
  expectedOrigin: [...party.origins],
  expectedRPID: party.id,
  requireUserVerification: check.requiresUserVerification ?? true,
});

export type VerifiedAssertion = Pick<VerifiedRegistration, 'counter' | 'isBackedUp'>;

/**
 * Verifies the answer of a passkey (WebAuthn Level 3, 7.2): challenge, origin, relying party, user presence and
 * verification, counter and signature. Undefined: it is wrong.
 */
export const verifyAssertion = async ({
  response,
  credential,
  ...check
}: AnswerCheck<AssertionJson> & { readonly credential: PasskeyCredential }): Promise<
  VerifiedAssertion | undefined
> => {
  const { userHandle, ...answer } = response.response;
  const { verifyAuthenticationResponse } = await import('@simplewebauthn/server');
  return unlessWrong(answer, async () => {
    const { credentialId: id, counter } = credential;
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response: { ...response, response: answer, clientExtensionResults: {} },
      ...expected(check),
      credential: { id, publicKey: new Uint8Array(credential.publicKey), counter },
    });
    const { newCounter, credentialBackedUp: isBackedUp } = authenticationInfo;
    return verified ? { counter: newCounter, isBackedUp } : undefined;
  });
};

/** Verifies the answer of a new passkey (WebAuthn Level 3, 7.1). Undefined: it is wrong. */
export const verifyRegistration = async ({
  response,
  ...check
}: AnswerCheck<RegistrationJson>): Promise<VerifiedRegistration | undefined> => {
  const { transports = [], ...answer } = response.response;
  const { verifyRegistrationResponse } = await import('@simplewebauthn/server');
  return unlessWrong(answer, async () => {
    if (!(await isWithoutCertificates(answer.attestationObject))) return undefined;
    const { verified, registrationInfo } = await verifyRegistrationResponse({
      response: { ...response, response: answer, clientExtensionResults: {} },
      ...expected(check),
      supportedAlgorithmIDs: [...supportedAlgorithms],
    });
    if (!verified) return undefined;
    const { credential, credentialBackedUp: isBackedUp } = registrationInfo;
    const { id: credentialId, publicKey, counter } = credential;
    if (Buffer.from(credentialId, 'base64url').length > maxCredentialIdBytes) return undefined;
    return { credentialId, publicKey, counter, isBackedUp, transports };
  });
};

/** Checks an answer that came from no frame. What its check throws is no error of the installation. */
async function unlessWrong<Verified>(
  answer: { readonly clientDataJSON: string },
  verify: () => Promise<Verified | undefined>,
): Promise<Verified | undefined> {
  const clientData = readClientData(answer);
  if (clientData === undefined || isFramed(clientData)) return undefined;
  try {
    return await verify();
  } catch {
    // The library throws for each reason. Its messages quote the answer, so they are not kept.
    return undefined;
  }
}

/**
 * Whether an attestation names no certificates. None are asked for, and those of a client could name addresses that the
 * library would read to check whether they were revoked.
 */
async function isWithoutCertificates(attestationObject: string): Promise<boolean> {
  const { decodeAttestationObject } = await import('@simplewebauthn/server/helpers');
  const decoded = decodeAttestationObject(
    new Uint8Array(Buffer.from(attestationObject, 'base64url')),
  );
  const format = decoded.get('fmt');
  return (
    format === 'none' || (format === 'packed' && decoded.get('attStmt').get('x5c') === undefined)
  );
}
