import { mail } from '@graphql-gatehouse/mail';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { outcomeOf } from '../support/factors-server.ts';
import { aName, anAddress, createMailClient } from '../support/mail/mail-client.ts';
import { mailSettings } from '../support/mail/mail-server.ts';
import { startSmtpServer, type TestSmtpServer } from '../support/mail/smtp-server.ts';
import {
  createProvidersClient,
  type ProvidersServer,
  startProvidersServer,
} from '../support/providers-server.ts';
import { userPassword } from '../support/test-server.ts';

let smtp: TestSmtpServer;
let server: ProvidersServer;
let client: ReturnType<typeof createProvidersClient>;
let mails: ReturnType<typeof createMailClient>;
beforeAll(async () => {
  smtp = await startSmtpServer();
  server = await startProvidersServer({
    options: { ACME: { signUp: 'invited' }, NEVER: {} },
    beside: [mail()],
    environment: mailSettings(smtp.url),
  });
  client = createProvidersClient(server);
  mails = createMailClient({ ...server, smtp });
});
afterAll(async () => {
  await server.stop();
  await smtp.close();
});

let count = 0;
const aSubject = () => `subject-${++count}`;

/** Invites an address, and returns the token of its mail. */
async function invite(address = anAddress()) {
  const input = { email: address, groups: ['AUDITOR'] };
  await mails.administer('inviteUser', { input });
  return { address, token: await mails.tokenTo(address) };
}

/** Goes to the provider and back, as someone who has no account. */
async function begin(subject: string, provider = 'ACME') {
  client.provider(provider).answerWith({ subject });
  const { challenge, ...begun } = await client.begin({ provider });
  const returned = await client.visit({ ...begun }, provider);
  return { challenge, code: returned.get('code'), isNew: returned.get('new') };
}

const accept = (variables: Readonly<Record<string, unknown>>) =>
  client.asPage(
    `mutation ($token: String!, $username: String!, $password: String, $proof: Proof, $challenge: String) {
      acceptInvitation(token: $token, username: $username, password: $password, proof: $proof, challenge: $challenge)
    }`,
    undefined,
    { variables },
  );

describe('an invitation', () => {
  it('is accepted with a login at a provider, which opens the session of the new account', async () => {
    const [{ address, token }, username] = [await invite(), aName()];
    const { challenge, code, isNew } = await begin(aSubject());
    expect(isNew).toBe('true');
    const proof = client.proofOf(code);
    const accepted = await accept({ token, username, proof, challenge });
    expect(accepted.data).toEqual({ acceptInvitation: username });
    const opened = await client.completeSession(challenge, proof);
    expect(opened.data?.completeSession.groups).toEqual(['AUDITOR']);
    const cookie = opened.headers.getSetCookie()[0]?.split(';')[0];
    const { data } = await client.asPage(
      '{ me { username email emailVerifiedAt identities { provider } } }',
      cookie,
    );
    expect(data.me).toEqual({
      username,
      email: address,
      emailVerifiedAt: expect.any(String),
      identities: [{ provider: 'ACME' }],
    });
    expect(outcomeOf(await accept({ token, username: aName(), password: userPassword }))).toBe(
      '409 CONFLICT LINK_ENDED',
    );
  });

  it('takes a password or a proof, and not both', async () => {
    const { token } = await invite();
    const { challenge, code } = await begin(aSubject());
    const sent = { token, username: aName() };
    const proof = client.proofOf(code);
    for (const given of [{}, { password: userPassword, proof, challenge }]) {
      expect(outcomeOf(await accept({ ...sent, ...given }))).toBe('400 BAD_USER_INPUT');
    }
    const owned = { proof: { password: userPassword }, challenge };
    expect(outcomeOf(await accept({ ...sent, ...owned }))).toBe('400 BAD_USER_INPUT');
    expect(outcomeOf(await accept({ ...sent, proof, challenge }))).toBe('200 acceptInvitation');
  });

  it('needs the login of its page, and makes no account of a login that has one', async () => {
    const { token } = await invite();
    const subject = aSubject();
    const [own, other] = [await begin(subject), await begin(subject)];
    const sent = { token, username: aName() };
    const proof = client.proofOf(own.code);
    const wrong = await accept({ ...sent, proof, challenge: other.challenge });
    expect(outcomeOf(wrong)).toBe('401 UNAUTHENTICATED CHALLENGE_ENDED');
    const first = await accept({ ...sent, proof, challenge: own.challenge });
    expect(outcomeOf(first)).toBe('200 acceptInvitation');
    const another = await invite();
    const again = await accept({
      token: another.token,
      username: aName(),
      proof: client.proofOf(other.code),
      challenge: other.challenge,
    });
    expect(outcomeOf(again)).toBe('409 CONFLICT IDENTITY_TAKEN');
    // Nothing was done: the invitation is accepted in another way.
    const done = await accept({
      token: another.token,
      username: aName(),
      password: userPassword,
    });
    expect(outcomeOf(done)).toBe('200 acceptInvitation');
  });

  it('is the only way to an account where the provider has `invited`, and none where it has `never`', async () => {
    const { challenge, code } = await begin(aSubject());
    expect(outcomeOf(await client.signUp(challenge, code, aName()))).toBe(
      '409 CONFLICT SIGN_UP_OFF',
    );
    expect((await begin(aSubject(), 'NEVER')).code).toBeNull();
  });
});
