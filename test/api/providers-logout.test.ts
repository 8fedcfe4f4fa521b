import { oidc, providers } from '@graphql-gatehouse/providers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { outcomeOf } from '../support/factors-server.ts';
import { type HostileProvider, startHostileProvider } from '../support/hostile-provider.ts';
import { logoutToken, sendLogout } from '../support/logout-token.ts';
import { createPackageDatabase } from '../support/package-server.ts';
import {
  createProvidersClient,
  type ProvidersServer,
  returnTo,
  startProvidersServer,
} from '../support/providers-server.ts';
import { createSignedLogins, type Said } from '../support/signed-logins.ts';
import type { TestDatabase } from '../support/test-database.ts';
import { type TestUser, userPassword } from '../support/test-server.ts';

/** A provider that says what the tests want, and signs it. */
let provider: HostileProvider;
let database: TestDatabase;
let one: ProvidersServer;
let other: ProvidersServer;
let client: ReturnType<typeof createProvidersClient>;
let logins: ReturnType<typeof createSignedLogins>;
beforeAll(async () => {
  provider = await startHostileProvider();
  const { issuer } = provider;
  database = await createPackageDatabase([providers({ ACME: oidc({ issuer }) })]);
  one = await startProvidersServer({ database, issuer });
  other = await startProvidersServer({ database, issuer });
  client = createProvidersClient(one);
  logins = createSignedLogins({ server: one, client, provider });
});
afterAll(async () => {
  await Promise.all([one.stop(), other.stop(), provider.stop()]);
  await database.close();
});

const password = { password: userPassword };

/** The status of the next request with a session, at each node. */
async function statuses(cookie: string): Promise<readonly number[]> {
  const answers = [];
  for (const { url } of [one, other]) {
    const answer = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/graphql-response+json',
        origin: url,
        'sec-fetch-site': 'same-origin',
        cookie,
      },
      body: JSON.stringify({ query: '{ me { id } }' }),
    });
    answers.push(answer.status);
  }
  return answers;
}

/** Sends a log-out to the second node. */
const logOut = async (said: Partial<Said>, changed: object = {}) =>
  (
    await sendLogout(other.url, {
      logout_token: await logoutToken(provider, { ...said, ...changed }),
    })
  ).status;

const eventsOf = async (action: string): Promise<readonly (string | null)[]> => {
  const { accessToken } = await one.aUser('AUDITOR');
  const { data } = await one.ask(
    'query ($action: String!) { auditEvents(first: 50, action: $action) { edges { node { detail } } } }',
    { token: accessToken, variables: { action } },
  );
  return data.auditEvents.edges.map(({ node }: { node: { detail: string | null } }) => node.detail);
};

const live = [200, 200];
const ended = [401, 401];

describe('a log-out at the provider', () => {
  it('ends the session that it names, at the next request on every node', async () => {
    const { user, sub } = await logins.aLinkedUser('STAFF');
    const [first, second] = [
      await logins.logIn({ sub, sid: 'browser-1' }),
      await logins.logIn({ sub, sid: 'browser-2' }),
    ];
    expect([await statuses(first), await statuses(second)]).toEqual([live, live]);
    expect(await logOut({ sub, sid: 'browser-1' })).toBe(200);
    expect([await statuses(first), await statuses(second)]).toEqual([ended, live]);
    expect(await eventsOf('session.ended')).toContain(`of user ${user.id}; logged out at ACME`);
    // It was opened with a password.
    expect((await one.ask('{ me { id } }', { token: user.accessToken })).status).toBe(200);
  });

  it('ends the sessions of a subject whose names are not known, beside the one that it names', async () => {
    const { sub } = await logins.aLinkedUser('STAFF');
    const [unnamed, named] = [
      await logins.logIn({ sub }),
      await logins.logIn({ sub, sid: 'named' }),
    ];
    expect(await logOut({ sub, sid: 'another' })).toBe(200);
    expect([await statuses(unnamed), await statuses(named)]).toEqual([ended, live]);
  });

  it('ends all sessions of a subject without the name of one, and none of others', async () => {
    const [{ sub }, stranger] = [
      await logins.aLinkedUser('STAFF'),
      await logins.aLinkedUser('STAFF'),
    ];
    const own = [await logins.logIn({ sub, sid: 'a' }), await logins.logIn({ sub })];
    const others = await logins.logIn({ sub: stranger.sub, sid: 'b' });
    expect(await logOut({ sub })).toBe(200);
    expect([...(await Promise.all(own.map(statuses))), await statuses(others)]).toEqual([
      ended,
      ended,
      live,
    ]);
  });

  it('ends a session by its name alone', async () => {
    const { sub } = await logins.aLinkedUser('STAFF');
    const cookie = await logins.logIn({ sub, sid: 'only-this' });
    expect(await logOut({ sid: 'only-this' })).toBe(200);
    expect(await statuses(cookie)).toEqual(ended);
  });

  it('takes a subject as its bytes are', async () => {
    const { sub } = await logins.aLinkedUser('STAFF');
    const cookie = await logins.logIn({ sub });
    expect(await logOut({ sub: sub.toUpperCase() })).toBe(200);
    expect(await statuses(cookie)).toEqual(live);
  });

  it('does its work once for each token, and answers 200 again', async () => {
    const { sub } = await logins.aLinkedUser('STAFF');
    const token = await logoutToken(provider, { sub });
    const before = await logins.logIn({ sub });
    expect((await sendLogout(one.url, { logout_token: token })).status).toBe(200);
    expect(await statuses(before)).toEqual(ended);
    const after = await logins.logIn({ sub });
    expect((await sendLogout(other.url, { logout_token: token })).status).toBe(200);
    expect(await statuses(after)).toEqual(live);
  });

  it('ends a log-in that had begun before, and not one that begins later', async () => {
    const { sub } = await logins.aLinkedUser('STAFF');
    const pending = await logins.begin({ sub });
    expect(await logOut({ sub })).toBe(200);
    expect(outcomeOf(await pending.complete())).toBe('401 UNAUTHENTICATED BAD_CREDENTIALS');
    expect(await statuses(await logins.logIn({ sub }))).toEqual(live);
    const ofSession = await logins.begin({ sub, sid: 'gone' });
    expect(await logOut({ sub, sid: 'gone' })).toBe(200);
    expect(outcomeOf(await ofSession.complete())).toBe('401 UNAUTHENTICATED BAD_CREDENTIALS');
    const otherSession = await logins.begin({ sub, sid: 'kept' });
    expect(await logOut({ sub, sid: 'gone' })).toBe(200);
    expect((await otherSession.complete()).status).toBe(200);
  });

  it.each([1, 2, 3, 4])('leaves no session of a log-in at the same time (%s)', async (round) => {
    const { sub } = await logins.aLinkedUser('STAFF');
    const said = round % 2 === 0 ? { sub } : { sub, sid: `raced-${round}` };
    const pending = await logins.begin(said);
    const [opened, status] = await Promise.all([pending.complete(), logOut(said)]);
    expect(status).toBe(200);
    const [set] = opened.headers.getSetCookie();
    if (opened.status !== 200) {
      expect(opened.reason).toBe('BAD_CREDENTIALS');
      return;
    }
    expect(await statuses(set?.split(';')[0] ?? '')).toEqual(ended);
  });

  it('is refused without a token that is valid, which is recorded, and names nothing of it', async () => {
    const token = await logoutToken(provider, { sub: 'ada', nonce: 'n' });
    for (const fields of [
      '',
      'logout_token=',
      { token },
      `logout_token=${token}&logout_token=${token}`,
    ]) {
      const answer = await sendLogout(one.url, fields);
      expect([answer.status, await answer.text()]).toEqual([400, '{"error":"invalid_request"}']);
      expect(answer.headers.get('cache-control')).toBe('no-store');
    }
    expect((await sendLogout(one.url, { logout_token: token })).status).toBe(400);
    expect(await eventsOf('provider.logout_failed')).toContain('ACME: logout, NO_LOGOUT_TOKEN');
  });

  it('is one request of its form alone', async () => {
    const { url } = one;
    const path = '/providers/acme/logout';
    const statusesOfForms = [
      (await fetch(`${url}${path}`)).status,
      (await sendLogout(url, { logout_token: 'x'.repeat(30_000) })).status,
      (
        await fetch(`${url}${path}`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: '{}',
        })
      ).status,
      (await sendLogout(url, { logout_token: 'x' }, '/providers/other/logout')).status,
    ];
    expect(statusesOfForms).toEqual([405, 413, 415, 404]);
  });

  it('is answered with 503 while the keys of the provider are away', async () => {
    const gone = await startHostileProvider();
    const token = await logoutToken(gone, { sub: 'ada' });
    const server = await startProvidersServer({ database, issuer: gone.issuer });
    await gone.stop();
    const answer = await sendLogout(server.url, { logout_token: token });
    expect([answer.status, await answer.text()]).toEqual([
      503,
      '{"error":"temporarily_unavailable"}',
    ]);
    await server.stop();
  });
});

describe('the address of the log-out at the provider', () => {
  const query = 'query ($r: String!) { providerLogoutUrl(returnTo: $r) }';
  const ask = (cookie: string, r = returnTo) => client.asPage(query, cookie, { variables: { r } });

  it('is that of the provider that opened the session, and goes to an address of the settings', async () => {
    const { sub } = await logins.aLinkedUser('STAFF');
    const { data } = await ask(await logins.logIn({ sub }));
    const url = new URL(data.providerLogoutUrl);
    expect(url.origin + url.pathname).toBe(`${provider.issuer}/log-out`);
    expect([...url.searchParams].sort()).toEqual([
      ['client_id', 'gatehouse'],
      ['post_logout_redirect_uri', returnTo],
    ]);
  });

  it('is null for a session with a password, and for no other page', async () => {
    const { user, sub } = await logins.aLinkedUser('STAFF');
    const own = await one.ask(query, { token: user.accessToken, variables: { r: returnTo } });
    expect(own.data).toEqual({ providerLogoutUrl: null });
    const cookie = await logins.logIn({ sub });
    expect(outcomeOf(await ask(cookie, 'https://evil.example/'))).toBe('200 BAD_USER_INPUT');
    expect(outcomeOf(await ask(cookie, `${returnTo}#x`))).toBe('200 BAD_USER_INPUT');
  });

  it('is null while the provider is away, or where it has none', async () => {
    const gone = await startHostileProvider();
    gone.errAs({ metadata: ({ end_session_endpoint: _, ...rest }) => rest });
    const server = await startProvidersServer({ database, issuer: gone.issuer });
    const cookie = await logins.logIn({ sub: (await logins.aLinkedUser('STAFF')).sub });
    const there = createProvidersClient(server);
    const asked = () => there.asPage(query, cookie, { variables: { r: returnTo } });
    expect((await asked()).data).toEqual({ providerLogoutUrl: null });
    await Promise.all([server.stop(), gone.stop()]);
  });
});

describe('a disabled identity', () => {
  const disable = (id: string, disabled: boolean, token = one.admin.accessToken) =>
    one.ask(
      'mutation ($id: ID!, $d: Boolean!) { setIdentityDisabled(id: $id, disabled: $d) { disabledAt } }',
      { token, variables: { id, d: disabled } },
    );
  const unlink = ({ accessToken }: Pick<TestUser, 'accessToken'>, id: string) =>
    one.ask('mutation ($id: ID!) { unlinkProvider(id: $id) }', {
      token: accessToken,
      variables: { id },
    });

  it('ends its sessions, opens none, and is not linked again', async () => {
    const { user, sub, identityId } = await logins.aLinkedUser('STAFF');
    const cookie = await logins.logIn({ sub });
    const pending = await logins.begin({ sub });
    expect(outcomeOf(await disable(identityId, true))).toBe('200 setIdentityDisabled');
    expect(await statuses(cookie)).toEqual(ended);
    expect(outcomeOf(await pending.complete())).toBe('401 UNAUTHENTICATED BAD_CREDENTIALS');
    expect(outcomeOf(await (await logins.begin({ sub })).complete())).toBe(
      '401 UNAUTHENTICATED BAD_CREDENTIALS',
    );
    expect(outcomeOf(await unlink(user, identityId))).toBe('409 CONFLICT IDENTITY_DISABLED');
    const stranger = await one.aUser();
    const begun = await client.begin({}, { token: stranger.accessToken });
    const code = await logins.codeOf(begun.url, begun.cookie, { sub });
    expect(outcomeOf(await client.link(stranger.accessToken, code, password))).toBe(
      '409 CONFLICT IDENTITY_TAKEN',
    );
    // The user logs in with the password.
    expect((await one.ask('{ me { id } }', { token: user.accessToken })).status).toBe(200);

    expect((await disable(identityId, false)).data).toEqual({
      setIdentityDisabled: { disabledAt: null },
    });
    expect(await statuses(await logins.logIn({ sub }))).toEqual(live);
  });

  it('is for ADMIN alone, and for an identity that exists', async () => {
    const { user, identityId } = await logins.aLinkedUser('STAFF');
    expect(outcomeOf(await disable(identityId, true, user.accessToken))).toBe(
      '403 FORBIDDEN GROUP_REQUIRED',
    );
    for (const id of [user.id, 'no id']) {
      expect(outcomeOf(await disable(id, true))).toBe('404 NOT_FOUND');
    }
  });

  it.each([1, 2, 3])('leaves no session of a log-in at the same time (%s)', async () => {
    const { sub, identityId } = await logins.aLinkedUser('STAFF');
    const pending = await logins.begin({ sub });
    const [opened] = await Promise.all([pending.complete(), disable(identityId, true)]);
    const [set] = opened.headers.getSetCookie();
    if (opened.status === 200) expect(await statuses(set?.split(';')[0] ?? '')).toEqual(ended);
    else expect(opened.reason).toBe('BAD_CREDENTIALS');
  });
});

it('knows a user who logs out at a real provider, in a browser, and sends it back', async () => {
  const server = await startProvidersServer();
  const there = createProvidersClient(server);
  const subject = logins.aSubject();
  const user = await server.aUser();
  there.provider().answerWith({ subject });
  const begun = await there.begin({}, { token: user.accessToken });
  await there.link(user.accessToken, (await there.visit(begun)).get('code'), password);
  const browser = new Map<string, string>();
  const again = await there.begin();
  const code = (await there.visit(again, 'ACME', browser)).get('code');
  const opened = await there.completeSession(again.challenge, there.proofOf(code));
  const cookie = opened.headers.getSetCookie()[0]?.split(';')[0];
  const asked = () => there.asPage('{ me { id } }', cookie);
  expect((await asked()).status).toBe(200);
  const { data } = await there.asPage(
    'query ($r: String!) { providerLogoutUrl(returnTo: $r) }',
    cookie,
    { variables: { r: returnTo } },
  );
  const done = await there.provider().logOut(data.providerLogoutUrl, browser);
  expect(done).toEqual({ location: returnTo, taken: true });
  expect((await asked()).status).toBe(401);
  await server.stop();
});
