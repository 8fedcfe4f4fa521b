import { randomBytes } from 'node:crypto';
import { factors } from '@graphql-gatehouse/factors';
import { oidc, providers } from '@graphql-gatehouse/providers';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { challengeOf, createFactorsClient, codeOf as otpOf } from '../support/factors-server.ts';
import { createHeldLocks } from '../support/held-locks.ts';
import { type HostileProvider, startHostileProvider } from '../support/hostile-provider.ts';
import { logoutToken, sendLogout } from '../support/logout-token.ts';
import { createPackageDatabase } from '../support/package-server.ts';
import {
  createProvidersClient,
  type ProvidersServer,
  startProvidersServer,
} from '../support/providers-server.ts';
import { cookieOf, createSignedLogins } from '../support/signed-logins.ts';
import type { TestDatabase } from '../support/test-database.ts';
import { userPassword } from '../support/test-server.ts';

const isPostgres = process.env.TEST_DATABASE_KIND === 'postgresql';
const dayMs = 24 * 60 * 60 * 1000;
let aheadMs = 0;
const now = () => new Date(Date.now() + aheadMs);
const groups = { claim: 'groups', map: { audit: 'AUDITOR', staff: 'STAFF' } };
const demands = () => factors({ groups: { AUDITOR: 2 }, graceDays: 3 });
let provider: HostileProvider;
let database: TestDatabase;
let server: ProvidersServer;
let client: ReturnType<typeof createProvidersClient>;
let logins: ReturnType<typeof createSignedLogins>;
beforeAll(async () => {
  provider = await startHostileProvider();
  const { issuer } = provider;
  database = await createPackageDatabase([
    demands(),
    providers({ ACME: oidc({ issuer, groups }) }),
  ]);
  server = await startProvidersServer({
    database,
    issuer,
    now,
    options: { ACME: { groups } },
    beside: [demands()],
    environment: {
      FACTORS_KEYS: `1:${randomBytes(32).toString('base64url')}`,
      PASSKEY_RP_ID: 'example.org',
      PASSKEY_ORIGINS: 'https://example.org',
    },
  });
  client = createProvidersClient(server);
  logins = createSignedLogins({ server, client, provider, now });
});
afterAll(async () => {
  await Promise.all([server.stop(), provider.stop()]);
  await database.close();
});
beforeEach(() => {
  aheadMs = 0;
});

const password = { password: userPassword };
const statusOf = async (cookie: string) => (await client.asPage('{ me { id } }', cookie)).status;
const audits = async (cookie: string) =>
  (await client.asPage('{ auditEvents(first: 1) { edges { cursor } } }', cookie)).reason ?? 'none';
const logOut = async (said: Readonly<Record<string, unknown>>) =>
  (await sendLogout(server.url, { logout_token: await logoutToken(provider, said) })).status;
const unlink = (cookie: string, id: string) =>
  client.asPage('mutation ($id: ID!) { unlinkProvider(id: $id) }', cookie, { variables: { id } });

const { untilWaiting, beside } = createHeldLocks(() => server);

/** No change is committed meanwhile: each records an event. */
const noEvents = 'LOCK TABLE gatehouse.audit_events IN SHARE MODE';

describe('a group that a provider gives each day', () => {
  it('asks for its second factor when its grace is over, which counts from the first day', async () => {
    const { sub, user } = await logins.aLinkedUser();
    const seen = [];
    for (let day = 0; day < 5; day += 1) {
      seen.push(await audits(await logins.logIn({ sub, groups: ['audit'] })));
      aheadMs += dayMs;
    }
    expect(seen).toEqual(['none', 'none', 'none', 'FACTORS_MISSING', 'FACTORS_MISSING']);
    const granted = await server.owner.database.$queryRawUnsafe<unknown[]>(
      `SELECT 1 FROM gatehouse.audit_events WHERE action = 'membership.granted' AND subject_id = $1::uuid`,
      user.id,
    );
    expect(granted).toHaveLength(1);
  });

  it('has no new grace after the login was unlinked and linked again', async () => {
    const { sub, user, identityId } = await logins.aLinkedUser();
    let linked = identityId;
    for (let day = 0; day < 4; day += 1) {
      await logins.logIn({ sub, groups: ['audit'] });
      const { accessToken: token } = await server.logIn(user.username, userPassword);
      await server.ask('mutation ($id: ID!) { unlinkProvider(id: $id) }', {
        token,
        variables: { id: linked },
      });
      linked = await logins.link(token, sub);
      aheadMs += dayMs;
    }
    expect(await audits(await logins.logIn({ sub, groups: ['audit'] }))).toBe('FACTORS_MISSING');
  });

  it('is not brought back by a code that is older than the login which took it', async () => {
    const { sub, user } = await logins.aLinkedUser();
    const older = await logins.begin({ sub, groups: ['staff'] });
    await logins.logIn({ sub, groups: [] });
    expect((await older.complete()).status).toBe(200);
    const { data } = await server.ask(
      'query ($id: ID!) { user(id: $id) { memberships { group } } }',
      { token: (await server.aUser('ADMIN')).accessToken, variables: { id: user.id } },
    );
    expect(data.user.memberships).toEqual([]);
  });
});

describe('a session that a provider opened', () => {
  it('ends with that at the provider although its login was unlinked in it', async () => {
    const { sub, identityId } = await logins.aLinkedUser();
    const cookie = await logins.logIn({ sub, sid: 'unlinked' });
    expect((await unlink(cookie, identityId)).status).toBe(200);
    expect(await logOut({ sub, sid: 'unlinked' })).toBe(200);
    expect(await statusOf(cookie)).toBe(401);
  });

  it('ends when its identity is disabled that was unlinked and linked again', async () => {
    const { sub, user, identityId } = await logins.aLinkedUser();
    const cookie = await logins.logIn({ sub });
    await unlink(cookie, identityId);
    const { accessToken } = await server.logIn(user.username, userPassword);
    const id = await logins.link(accessToken, sub);
    // The link has ended all other sessions: this one is opened by the new identity, and that one by the old.
    const again = await logins.logIn({ sub });
    await server.ask(
      'mutation ($id: ID!) { setIdentityDisabled(id: $id, disabled: true) { id } }',
      { token: (await server.aUser('ADMIN')).accessToken, variables: { id } },
    );
    expect([await statusOf(cookie), await statusOf(again)]).toEqual([401, 401]);
  });

  it('is opened within five minutes, however many factors the user is asked for', async () => {
    const { sub, user } = await logins.aLinkedUser();
    const { secret } = await createFactorsClient(server, now).addApp(user);
    aheadMs += 60_000;
    const first = await (await logins.begin({ sub })).complete();
    aheadMs += 4 * 60_000;
    const second = await client.completeSession(challengeOf(first), password, cookieOf(first));
    expect(second.reason).toBe('FACTOR_REQUIRED');
    aheadMs += 2 * 60_000;
    const proof = { otp: otpOf(secret, now()) };
    const third = await client.completeSession(challengeOf(second), proof, cookieOf(second));
    expect(third.reason).toBe('CHALLENGE_ENDED');
  });
});

describe('the audit log', () => {
  it('has a login that failed, whatever strangers send as log-outs', async () => {
    const bad = await logoutToken(provider, { sub: 'ada', nonce: 'n' });
    for (let count = 0; count < 70; count += 1) await sendLogout(server.url, { logout_token: bad });
    const { url, cookie } = await client.begin();
    await logins.codeOf(url, cookie, { sub: '' });
    const found = await server.owner.database.$queryRawUnsafe<{ action: string; count: number }[]>(
      `SELECT action, count(*)::int AS count FROM gatehouse.audit_events
       WHERE action LIKE 'provider.%failed' GROUP BY action ORDER BY action`,
    );
    expect(found).toEqual([
      { action: 'provider.login_failed', count: 1 },
      { action: 'provider.logout_failed', count: 60 },
    ]);
  });
});

describe.runIf(isPostgres)('a log-out at the provider at the same time as', () => {
  it('a change that moves the session ends that session', async () => {
    const { sub } = await logins.aLinkedUser();
    const cookie = await logins.logIn({ sub, sid: 'moved' });
    const change =
      'mutation ($a: String!, $b: String!) { changePassword(currentPassword: $a, newPassword: $b) { __typename } }';
    const variables = { a: userPassword, b: `another ${userPassword}` };
    const [changed, status] = await beside([noEvents], async () => {
      const changing = client.asPage(change, cookie, { variables });
      await untilWaiting(1);
      const ending = logOut({ sub, sid: 'moved' });
      await untilWaiting(2);
      return [changing, ending] as const;
    }).then((both) => Promise.all(both));
    expect([changed.status, status]).toEqual([200, 200]);
    expect(await statusOf(cookieOf(changed))).toBe(401);
  });

  it('the second of three steps leaves no third', async () => {
    const { sub, user } = await logins.aLinkedUser();
    const { secret } = await createFactorsClient(server, now).addApp(user);
    aheadMs += 60_000;
    const first = await (await logins.begin({ sub, sid: 'steps' })).complete();
    const [second, status] = await beside([noEvents], async () => {
      const proving = client.completeSession(challengeOf(first), password, cookieOf(first));
      await untilWaiting(1);
      const ending = logOut({ sub, sid: 'steps' });
      await untilWaiting(2);
      return [proving, ending] as const;
    }).then((both) => Promise.all(both));
    expect([second.reason, status]).toEqual(['FACTOR_REQUIRED', 200]);
    const proof = { otp: otpOf(secret, now()) };
    const third = await client.completeSession(challengeOf(second), proof, cookieOf(second));
    expect(third.reason).toBe('CHALLENGE_ENDED');
  });

  it('a change of its user stalls no login of others', async () => {
    const [{ sub, user }, other] = [await logins.aLinkedUser(), await logins.aLinkedUser()];
    const cookie = await logins.logIn({ sub, sid: 'busy' });
    const begun = await logins.begin({ sub: other.sub });
    const lock = `SELECT 1 FROM gatehouse.users WHERE id = '${user.id}' FOR SHARE`;
    const ended = await beside([lock], async () => {
      const ending = logOut({ sub, sid: 'busy' });
      await untilWaiting(1);
      expect((await begun.complete()).status).toBe(200);
      return [ending];
    }).then(([ending]) => ending);
    expect(ended).toBe(200);
    expect(await statusOf(cookie)).toBe(401);
  });
});
