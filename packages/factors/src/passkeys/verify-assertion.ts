import { type AssertionJson, isFramed, readClientData } from './credential-json.ts';
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

export interface AssertionCheck {
  readonly response: AssertionJson;
  readonly credential: PasskeyCredential;
  /** The challenge that the answer must have signed, in base64url. */
  readonly challenge: string;
  readonly party: RelyingParty;
  /** False only for test vectors: a passkey is two kinds of factors because it verifies its user. */
  readonly requiresUserVerification?: boolean;
}

/** What a right answer says. */
export interface VerifiedAssertion {
  readonly counter: number;
  readonly isBackedUp: boolean;
}

/**
 * Verifies the answer of a passkey (WebAuthn Level 3, 7.2): challenge, origin, relying party, user presence and
 * verification, counter and signature. Undefined: it is wrong.
 */
export async function verifyAssertion(
  check: AssertionCheck,
): Promise<VerifiedAssertion | undefined> {
  const { response, credential, challenge, party } = check;
  const clientData = readClientData(response.response);
  if (clientData === undefined || isFramed(clientData)) return undefined;
  const { userHandle, ...answer } = response.response;
  // Loaded when it is used: it takes a while.
  const { verifyAuthenticationResponse } = await import('@simplewebauthn/server');
  try {
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response: { ...response, response: answer, clientExtensionResults: {} },
      expectedChallenge: challenge,
      expectedOrigin: [...party.origins],
      expectedRPID: party.id,
      credential: {
        id: credential.credentialId,
        publicKey: new Uint8Array(credential.publicKey),
        counter: credential.counter,
      },
      requireUserVerification: check.requiresUserVerification ?? true,
    });
    const { newCounter: counter, credentialBackedUp: isBackedUp } = authenticationInfo;
    return verified ? { counter, isBackedUp } : undefined;
  } catch {
    // The library throws for each reason. Its messages quote the answer, so they are not kept.
    return undefined;
  }
}
