import type { Proof } from '@graphql-gatehouse/client';
import { startAuthentication } from '@simplewebauthn/browser';
import { fetchData } from '../fetch-data.ts';
import { graphql } from '../generated/index.ts';

const PasskeyOptionsDocument = graphql(`
  query PasskeyOptions($challenge: String) {
    passkeyOptions(challenge: $challenge) { options challenge }
  }
`);

/** Asks the browser for a passkey. @throws {WebAuthnError} when the user cancels. */
export async function askPasskey(
  challenge?: string,
): Promise<{ readonly proof: Proof; readonly challenge: string }> {
  const { passkeyOptions } = await fetchData(PasskeyOptionsDocument, {
    challenge: challenge ?? null,
  });
  const response = await startAuthentication({ optionsJSON: JSON.parse(passkeyOptions.options) });
  return { proof: { passkey: JSON.stringify(response) }, challenge: passkeyOptions.challenge };
}
