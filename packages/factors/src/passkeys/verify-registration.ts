import { isFramed, type RegistrationJson, readClientData } from './credential-json.ts';
import type { RelyingParty } from './relying-party.ts';
import type { PasskeyCredential } from './verify-assertion.ts';

/** EdDSA, ES256 and RS256, by their numbers of COSE (RFC 9053). */
export const supportedAlgorithms: readonly number[] = [-8, -7, -257];

/** WebAuthn Level 3, 7.1, step 25. An index of the database could not hold a much longer one. */
const maxCredentialIdBytes = 1023;

export interface RegistrationCheck {
  readonly response: RegistrationJson;
  /** The challenge that the answer must contain, in base64url. */
  readonly challenge: string;
  readonly party: RelyingParty;
  /** False only for test vectors. */
  readonly requiresUserVerification?: boolean;
}

/** A new passkey. */
export interface VerifiedRegistration extends PasskeyCredential {
  readonly isBackedUp: boolean;
  readonly transports: readonly string[];
}

/** Verifies the answer of a new passkey (WebAuthn Level 3, 7.1). Undefined: it is wrong. */
export async function verifyRegistration(
  check: RegistrationCheck,
): Promise<VerifiedRegistration | undefined> {
  const { response, challenge, party } = check;
  const { transports, ...answer } = response.response;
  const clientData = readClientData(answer);
  if (clientData === undefined || isFramed(clientData)) return undefined;
  // Loaded when it is used: it takes a while.
  const { verifyRegistrationResponse } = await import('@simplewebauthn/server');
  try {
    if (!(await isWithoutCertificates(answer.attestationObject))) return undefined;
    const { verified, registrationInfo } = await verifyRegistrationResponse({
      response: { ...response, response: answer, clientExtensionResults: {} },
      expectedChallenge: challenge,
      expectedOrigin: [...party.origins],
      expectedRPID: party.id,
      requireUserVerification: check.requiresUserVerification ?? true,
      supportedAlgorithmIDs: [...supportedAlgorithms],
    });
    if (!verified) return undefined;
    const { credential, credentialBackedUp: isBackedUp } = registrationInfo;
    const { id: credentialId, publicKey, counter } = credential;
    if (Buffer.from(credentialId, 'base64url').length > maxCredentialIdBytes) return undefined;
    return { credentialId, publicKey, counter, isBackedUp, transports: transports ?? [] };
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
