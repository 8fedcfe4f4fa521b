import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  appReturnTo,
  appSecret,
  createProvidersClient,
  type ProvidersServer,
  returnTo,
  startProvidersServer,
} from '../support/providers-server.ts';
import { type TestUser, userPassword } from '../support/test-server.ts';

let server: ProvidersServer;
let client: ReturnType<typeof createProvidersClient>;
beforeAll(async () => {
  server = await startProvidersServer({
    options: {
      ACME: { proves: { 'urn:acme:mfa': 2 } },
      OPEN: { signUp: 'open', label: 'The open one', lives: 3600 },
    },
  });
  client = createProvidersClient(server);
});
afterAll(() => server.stop());

let count = 0;
/** A subject that no other test has. */
const aSubject = () => `subject-${++count}`;
const password = { password: userPassword };

/** Links a subject of a provider to a user, in a session of the user. */
async function link(user: TestUser, subject: string, provider = 'ACME') {
  client.provider(provider).answerWith({ subject });
  const begun = await client.begin({ provider }, { token: user.accessToken });
  const code = (await client.visit(begun, provider)).get('code');
  return client.link(user.accessToken, code, password);
}

/** Logs in with a provider in a browser. */
async function logIn(subject: string, provider = 'ACME') {
  client.provider(provider).answerWith({ subject });
  const begun = await client.begin({ provider });
  const code = (await client.visit(begun, provider)).get('code');
  return client.completeSession(begun.challenge, client.proofOf(code));
}

describe('a log-in with a provider', () => {
  it('opens a session of the account that has linked it, once for each code', async () => {
    const user = await server.aUser('STAFF');
    const subject = aSubject();
    const linked = await link(user, subject);
    expect(linked.data?.linkProvider).toMatchObject({
      provider: 'ACME',
      subject,
      lastUsedAt: null,
    });

    client.provider().answerWith({ subject });
    const begun = await client.begin();
    expect(begun.cookie).toMatch(/^gatehouse-dev-browser=[\w-]{43}$/);
    const code = (await client.visit(begun)).get('code');
    const started = await client.completeSession(begun.challenge, client.proofOf(code));
    expect(started.data?.completeSession).toEqual({
      principal: { id: user.id },
      groups: ['STAFF'],
    });
    const again = await client.completeSession(begun.challenge, client.proofOf(code));
    expect(again.reason).toBe('BAD_CREDENTIALS');
  });

  it('opens a session of an app, with the verifier of its challenge alone', async () => {
    const user = await server.aUser();
    const subject = aSubject();
    await link(user, subject);
    client.provider().answerWith({ subject });
    const { verifier, appChallenge } = appSecret();
    const asked = { appChallenge, returnTo: 'http://127.0.0.1:51234/done' };
    const begun = await client.begin(asked);
    expect(begun.cookie).toBeUndefined();
    const code = (await client.visit(begun)).get('code');
    const reasons = [];
    for (const wrong of [undefined, 'w'.repeat(64)]) {
      const { reason } = await client.completeLogin(begun.challenge, client.proofOf(code, wrong));
      reasons.push(reason);
    }
    expect(reasons).toEqual(['BAD_CREDENTIALS', 'BAD_CREDENTIALS']);
    const opened = await client.completeLogin(begun.challenge, client.proofOf(code, verifier));
    expect(opened.data?.completeLogin.user.id).toBe(user.id);
  });

  it('is not for another challenge, nor for tokens where a browser began it', async () => {
    const user = await server.aUser();
    const subject = aSubject();
    await link(user, subject);
    client.provider().answerWith({ subject });
    const [begun, other] = [await client.begin(), await client.begin()];
    const code = (await client.visit(begun)).get('code');
    const proof = client.proofOf(code);
    const reasons = [
      await client.completeSession(other.challenge, proof),
      await client.completeLogin(begun.challenge, proof),
      await client.completeSession('x'.repeat(43), proof),
    ].map(({ reason }) => reason);
    expect(reasons).toEqual(['BAD_CREDENTIALS', 'BAD_CREDENTIALS', 'BAD_CREDENTIALS']);
    expect((await client.completeSession(begun.challenge, proof)).status).toBe(200);
  });

  it('needs the browser that began it, and comes back once', async () => {
    const subject = aSubject();
    await link(await server.aUser(), subject);
    client.provider().answerWith({ subject });
    const begun = await client.begin();
    const wayBack = await client.provider().visit(begun.url);
    const other = (await client.begin()).cookie;
    for (const cookie of [undefined, other]) {
      const refused = await client.comeBack(wayBack, cookie);
      expect(refused.status).toBe(400);
      expect(await refused.text()).toContain('This login has ended');
    }
    expect((await client.comeBack(wayBack, begun.cookie)).status).toBe(303);
    expect((await client.comeBack(wayBack, begun.cookie)).status).toBe(400);
  });

  it('goes on in two tabs of one browser', async () => {
    const subject = aSubject();
    await link(await server.aUser(), subject);
    client.provider().answerWith({ subject });
    const first = await client.begin();
    const second = await client.begin({}, { cookie: first.cookie ?? '' });
    expect(second.cookie).toBe(first.cookie);
    for (const each of [first, second]) {
      const code = (await client.visit(each)).get('code');
      const started = await client.completeSession(each.challenge, client.proofOf(code));
      expect(started.status).toBe(200);
    }
  });

  it('leads nowhere for users without an account', async () => {
    client.provider().answerWith({ subject: aSubject() });
    const begun = await client.begin();
    expect([...(await client.visit(begun))]).toEqual([['error', 'login_failed']]);
  });

  it('ends sooner than other sessions', async () => {
    const user = await server.aUser();
    const subject = aSubject();
    await link(user, subject, 'OPEN');
    await logIn(subject, 'OPEN');
    const { data } = await server.ask(
      'query ($id: ID!) { user(id: $id) { sessions(first: 9) { createdAt expiresAt authentications { factor } } } }',
      { token: server.admin.accessToken, variables: { id: user.id } },
    );
    const [opened] = data.user.sessions.filter(
      ({ authentications }: { authentications: { factor: string }[] }) =>
        authentications.some(({ factor }) => factor === 'PROVIDER'),
    );
    const seconds = (Date.parse(opened.expiresAt) - Date.parse(opened.createdAt)) / 1000;
    expect(seconds).toBeLessThanOrEqual(3600);
  });

  it('goes back to an address of the settings alone', async () => {
    const { appChallenge } = appSecret();
    const asked = [
      { returnTo: `${returnTo}?next=//evil.example` },
      { returnTo: 'http://localhost:4000//evil.example' },
      { returnTo: 'http://localhost:4000@evil.example/console/' },
      { returnTo: 'https://localhost:4000/console/' },
      { returnTo: 'http:\\\\localhost:4000/console/' },
      { returnTo: 'javascript:alert(1)' },
      { returnTo: 'http://127.0.0.1:51234/done' },
      { returnTo: 'http://127.0.0.1:51234/done#', appChallenge },
      { returnTo: 'http://127.0.0.1:51234/other', appChallenge },
      { returnTo: 'http://user@127.0.0.1:51234/done', appChallenge },
      { returnTo: 'http://127.0.0.2:51234/done', appChallenge },
      { returnTo: 'http://localhost:51234/console/', appChallenge },
      // A page is no address of an app, which begins without a cookie.
      { returnTo, appChallenge },
      { returnTo: appReturnTo },
    ];
    for (const each of asked) {
      const { code, errors } = await client.beginAs(each);
      expect([each, code, errors[0]?.extensions.argument]).toEqual([
        each,
        'BAD_USER_INPUT',
        'returnTo',
      ]);
    }
    expect((await client.beginAs({ returnTo: appReturnTo, appChallenge })).status).toBe(200);
  });

  it('begins in a page of the own site alone', async () => {
    const { code } = await client.beginAs(
      {},
      { headers: { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' } },
    );
    expect(code).toBe('FORBIDDEN');
  });
});
