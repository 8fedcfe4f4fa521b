import type { Page } from 'playwright-core';
import { userPassword } from './test-server.ts';

/** Runs in the page: asks the API, makes passkeys and uses them as a front end does. */
export const passkeyScript = `
  globalThis.run = async (query, variables) => {
    const response = await fetch('/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json' },
      body: JSON.stringify({ query, variables }),
    });
    return response.json();
  };
  globalThis.addPasskey = async (name, proof = { password: '${userPassword}' }) => {
    const { data } = await run('mutation ($p: Proof!) { beginPasskey(proof: $p) }', { p: proof });
    const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(JSON.parse(data.beginPasskey));
    const credential = await navigator.credentials.create({ publicKey });
    return run(
      'mutation ($r: String!, $n: String!) { addPasskey(response: $r, name: $n) { factor { id name } } }',
      { r: JSON.stringify(credential.toJSON()), n: name },
    );
  };
  globalThis.askPasskey = async (challenge) => {
    const { data } = await run(
      'query ($c: String) { passkeyOptions(challenge: $c) { options challenge } }',
      { c: challenge },
    );
    const { options, challenge: mine } = data.passkeyOptions;
    const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(JSON.parse(options));
    const credential = await navigator.credentials.get({ publicKey });
    return { challenge: mine, proof: { passkey: JSON.stringify(credential.toJSON()) } };
  };
  globalThis.usePasskey = async (challenge) =>
    run(
      'mutation ($challenge: String!, $proof: Proof!) { completeSession(challenge: $challenge, proof: $proof) { principal { id } } }',
      await askPasskey(challenge),
    );`;

/** Gives a page an authenticator that keeps passkeys and verifies its user. */
export async function plugInAuthenticator(page: Page, transport: 'internal' | 'usb' = 'internal') {
  const session = await page.context().newCDPSession(page);
  await session.send('WebAuthn.enable');
  const { authenticatorId } = await session.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport,
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  return {
    remove: () => session.send('WebAuthn.removeVirtualAuthenticator', { authenticatorId }),
    refuse: () =>
      session.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: false }),
  };
}
