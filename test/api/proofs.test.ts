import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { claimsOf } from '../support/claims.ts';
import { codePackage } from '../support/code-package.ts';
import { roomsProject } from '../support/rooms-project.ts';
import {
  type Answer,
  startTestServer,
  type TestServer,
  type TestUser,
  userPassword,
} from '../support/test-server.ts';

const code = codePackage();
const start = Date.parse('2026-05-01T12:00:00Z');
let nowMs = start;
let server: TestServer;
let user: TestUser;
beforeAll(async () => {
  const { config } = roomsProject;
  server = await startTestServer({
    now: () => new Date(nowMs),
    project: { ...roomsProject, config: { ...config, packages: [code.demo] } },
    environment: { LOGIN_ATTEMPTS_PER_ACCOUNT: '3' },
  });
});
afterAll(() => server.stop());
beforeEach(async () => {
  code.hooks.inTransaction = async () => {};
  user = await server.aUser('STAFF');
  code.enrolled.add(user.id);
});

const credentials = '{ accessToken refreshToken user { id } }';
const logIn = (password = userPassword, headers = {}): Promise<Answer> =>
  server.ask(
    `mutation ($u: String!, $p: String!) { login(username: $u, password: $p) ${credentials} }`,
    { variables: { u: user.username, p: password }, headers },
  );
const complete = (challenge: string, proof: object): Promise<Answer> =>
  server.ask(
    `mutation ($c: String!, $p: Proof!) { completeLogin(challenge: $c, proof: $p) ${credentials} }`,
    { variables: { c: challenge, p: proof } },
  );
const reauthenticate = (token: string, proof: object, challenge?: string): Promise<Answer> =>
  server.ask(
    `mutation ($c: String, $p: Proof!) { reauthenticate(challenge: $c, proof: $p) ${credentials} }`,
    { variables: { c: challenge, p: proof }, token },
  );
const startSession = (): Promise<Answer> =>
  server.ask(
    'mutation ($u: String!, $p: String!) { startSession(username: $u, password: $p) { groups } }',
    { variables: { u: user.username, p: userPassword }, headers: browser },
  );
const browser = { 'apollo-require-preflight': '1' };
const completeSession = (challenge: string, proof: object, cookie = ''): Promise<Answer> =>
  server.ask(
    'mutation ($c: String!, $p: Proof!) { completeSession(challenge: $c, proof: $p) { groups } }',
    { variables: { c: challenge, p: proof }, headers: { ...browser, cookie } },
  );
const challengeOf = ({ errors }: Answer): string => errors[0].extensions.challenge;
const cookieOf = ({ headers }: Answer): string => headers.get('set-cookie')?.split(';')[0] ?? '';
const facts = async (token: string): Promise<readonly string[]> => {
  const { data } = await server.ask('{ viewer { authentications { factor at } } }', { token });
  return data.viewer.authentications.map(
    ({ factor, at }: { factor: string; at: string }) =>
      `${factor} ${(nowMs - Date.parse(at)) / 1000} s ago`,
  );
};
const events = (subjectId: string, action: string) =>
  server.connection.database.auditEvent.findMany({
    where: { subjectId, action },
    orderBy: { id: 'asc' },
    select: { detail: true },
  });
let codes = 0;
const right = () => {
  codes += 1;
  return { code: `right ${user.id} ${codes}` };
};
const outcomeOf = ({ status, code: found, reason, data }: Answer) =>
  found === undefined ? `${status} ${Object.keys(data).join()}` : `${status} ${found} ${reason}`;

describe('a login of which a factor is due', () => {
  it('is refused with a challenge, which a right proof completes', async () => {
    const due = await logIn();
    expect(outcomeOf(due)).toBe('401 UNAUTHENTICATED FACTOR_REQUIRED');
    expect(due.body).not.toHaveProperty('data');
    expect(due.errors[0].extensions).toMatchObject({
      factors: ['OTP', 'PASSKEY'],
      challenge: expect.stringMatching(/^[\w-]{43}$/),
      expiresAt: new Date(nowMs + 5 * 60_000).toISOString(),
    });
    const done = await complete(challengeOf(due), right());
    expect(outcomeOf(done)).toBe('200 completeLogin');
    const { accessToken } = done.data.completeLogin;
    expect(await facts(accessToken)).toEqual(['PASSWORD 0 s ago', 'OTP 0 s ago']);
    expect(claimsOf(accessToken)).toMatchObject({
      amr: ['pwd', 'otp', 'mfa'],
      auth_time: nowMs / 1000,
      proof_count: 0,
    });
    expect(await events(user.id, 'login.factor_due')).toHaveLength(1);
    expect((await events(user.id, 'login.succeeded')).at(-1)).toEqual({ detail: 'PASSWORD, OTP' });
  });

  it('is said after the password was right alone, and does not count as a failure', async () => {
    for (let n = 0; n < 5; n += 1) expect((await logIn()).reason).toBe('FACTOR_REQUIRED');
    for (let n = 0; n < 3; n += 1) expect((await logIn('wrong')).reason).toBe('BAD_CREDENTIALS');
    expect((await logIn()).code).toBe('RATE_LIMITED');
  });

  it('refuses a wrong proof without a reason, and ends with the fifth', async () => {
    const challenge = challengeOf(await logIn());
    for (let n = 0; n < 5; n += 1) {
      expect((await complete(challenge, { code: 'wrong' })).reason).toBe('BAD_CREDENTIALS');
    }
    expect((await complete(challenge, right())).reason).toBe('CHALLENGE_ENDED');
    expect(await events(user.id, 'login.failed')).toEqual(Array(5).fill({ detail: 'code' }));
  });

  it.each([
    { what: 'a code that was used before', proof: () => ({ code: `right ${user.id} used` }) },
    { what: 'the password', proof: () => ({ password: 'wrong' }) },
    { what: 'the code of another account', proof: () => ({ code: `right ${server.admin.id}` }) },
    { what: 'another kind', proof: () => ({ key: 'no' }) },
  ])('refuses $what as any wrong proof', async ({ proof }) => {
    await complete(challengeOf(await logIn()), { code: `right ${user.id} used` });
    const challenge = challengeOf(await logIn());
    expect(outcomeOf(await complete(challenge, proof()))).toBe(
      '401 UNAUTHENTICATED BAD_CREDENTIALS',
    );
    // The challenge is still good for a right one.
    expect(outcomeOf(await complete(challenge, right()))).toBe('200 completeLogin');
  });

  it.each<{ what: string; end: (challenge: string) => Promise<unknown> }>([
    {
      what: 'five minutes',
      end: async () => {
        nowMs += 5 * 60_000;
      },
    },
    { what: 'its first success', end: (challenge) => complete(challenge, right()) },
    {
      what: 'another password',
      end: () =>
        server.ask(
          `mutation { resetPassword(userId: "${user.id}", newPassword: "amber-${user.id}") { id } }`,
          { token: server.admin.accessToken },
        ),
    },
    {
      what: 'the end of all sessions',
      end: () => server.ask('mutation { logoutEverywhere }', { token: user.accessToken }),
    },
    {
      what: 'the end of the account',
      end: () =>
        server.ask(`mutation { disableUser(id: "${user.id}") { id } }`, {
          token: server.admin.accessToken,
        }),
    },
    {
      what: 'a change of factors',
      end: () => server.ask('mutation { enrolCode }', { token: user.accessToken }),
    },
  ])('ends with $what', async ({ end }) => {
    const challenge = challengeOf(await logIn());
    await end(challenge);
    expect(outcomeOf(await complete(challenge, right()))).toBe(
      '401 UNAUTHENTICATED CHALLENGE_ENDED',
    );
    nowMs = start;
  });

  it('is completed by one of two proofs that arrive together', async () => {
    const challenge = challengeOf(await logIn());
    const both = await Promise.all([complete(challenge, right()), complete(challenge, right())]);
    expect(both.map(outcomeOf).sort()).toEqual([
      '200 completeLogin',
      '401 UNAUTHENTICATED CHALLENGE_ENDED',
    ]);
  });

  it('leaves code and challenge usable when the database fails in its transaction', async () => {
    const challenge = challengeOf(await logIn());
    const proof = right();
    code.hooks.inTransaction = async (sql) => {
      await sql.$queryRawUnsafe('SELECT 1 / 0');
    };
    expect((await complete(challenge, proof)).status).toBe(500);
    code.hooks.inTransaction = async () => {};
    expect(outcomeOf(await complete(challenge, proof))).toBe('200 completeLogin');
  });

  it('is no session: its challenge opens nothing as a token, a cookie or a refresh token', async () => {
    const challenge = challengeOf(await logIn());
    const asked = [
      await server.ask('{ me { id } }', { token: challenge }),
      await server.ask('{ me { id } }', {
        headers: { ...browser, cookie: `gatehouse-dev=${challenge}` },
      }),
      await server.ask(`mutation { refresh(refreshToken: "${challenge}") { accessToken } }`),
    ];
    expect(asked.map(({ status }) => status)).toEqual([401, 401, 401]);
  });

  it('is stored as a hash, and is in no line of the log', async () => {
    const challenge = challengeOf(await logIn());
    const [stored] = await server.connection.database.loginChallenge.findMany({
      where: { userId: user.id },
    });
    expect(stored?.hash).toHaveLength(32);
    expect(server.logLines.join()).not.toContain(challenge);
  });

  it('names its user to packages while it lasts, and to its own browser alone', async () => {
    const ask = async (challenge: string, cookie = '') => {
      const asked = { variables: { c: challenge }, headers: { ...browser, cookie } };
      const { data } = await server.ask('query ($c: String!) { challenged(challenge: $c) }', asked);
      return data.challenged;
    };
    const ofTokens = challengeOf(await logIn());
    const started = await startSession();
    expect([
      await ask(ofTokens),
      await ask('none'),
      await ask(challengeOf(started)),
      await ask(challengeOf(started), cookieOf(started)),
    ]).toEqual([user.id, null, null, user.id]);
  });
});

describe('a session of a browser of which a factor is due', () => {
  it('is opened with its cookie in the browser whose login was refused', async () => {
    const due = await startSession();
    expect(outcomeOf(due)).toBe('401 UNAUTHENTICATED FACTOR_REQUIRED');
    expect(due.headers.get('set-cookie')).toMatch(
      /^gatehouse-dev-login=[\w-]{43}; Max-Age=300; Path=\/; HttpOnly; SameSite=Strict$/,
    );
    const [challenge, cookie] = [challengeOf(due), cookieOf(due)];
    expect((await completeSession(challenge, right())).reason).toBe('CHALLENGE_ENDED');
    expect((await completeSession(challenge, right(), cookieOf(await startSession()))).reason).toBe(
      'CHALLENGE_ENDED',
    );
    const done = await completeSession(challenge, right(), cookie);
    expect(outcomeOf(done)).toBe('200 completeSession');
    const me = await server.ask('{ me { id } }', {
      headers: { ...browser, cookie: cookieOf(done) },
    });
    expect(me.data.me.id).toBe(user.id);
  });

  it('is not completed as a login with tokens, nor the reverse', async () => {
    const due = await startSession();
    expect((await complete(challengeOf(due), right())).reason).toBe('CHALLENGE_ENDED');
    const challenge = challengeOf(await logIn());
    const asked = await completeSession(challenge, right(), cookieOf(due));
    expect(asked.reason).toBe('CHALLENGE_ENDED');
  });

  it('is refused to a page of another site before anything is read', async () => {
    const due = await startSession();
    const asked = await server.ask(
      'mutation ($c: String!, $p: Proof!) { completeSession(challenge: $c, proof: $p) { groups } }',
      {
        variables: { c: challengeOf(due), p: right() },
        headers: {
          cookie: cookieOf(due),
          'sec-fetch-site': 'cross-site',
          origin: 'https://a.example',
        },
      },
    );
    expect(outcomeOf(asked)).toBe('403 FORBIDDEN CROSS_SITE');
  });
});

describe('a key that begins a login', () => {
  it('opens a session without a password', async () => {
    const done = await complete('any', { key: `key ${user.id}` });
    expect(outcomeOf(done)).toBe('200 completeLogin');
    expect(await facts(done.data.completeLogin.accessToken)).toEqual(['PASSKEY_VERIFIED 0 s ago']);
  });

  it.each([
    { what: 'a wrong key', challenge: 'any', proof: 'no', reason: 'BAD_CREDENTIALS' },
    { what: 'an old challenge', challenge: 'ended', proof: 'key', reason: 'CHALLENGE_ENDED' },
  ])('is refused with $what', async ({ challenge, proof, reason }) => {
    expect((await complete(challenge, { key: proof })).reason).toBe(reason);
  });

  it('is refused for a disabled account', async () => {
    await server.ask(`mutation { disableUser(id: "${user.id}") { id } }`, {
      token: server.admin.accessToken,
    });
    const asked = await complete('any', { key: `key ${user.id}` });
    expect(asked.reason).toBe('BAD_CREDENTIALS');
  });
});

describe('reauthenticate', () => {
  const openSession = async () =>
    (await complete(challengeOf(await logIn()), right())).data.completeLogin;

  it('renews what the session has proved, and replaces its secret', async () => {
    const first = await openSession();
    nowMs += 3_600_000;
    const again = await server.ask(
      `mutation { refresh(refreshToken: "${first.refreshToken}") { accessToken refreshToken } }`,
    );
    const { accessToken } = again.data.refresh;
    expect(await facts(accessToken)).toEqual(['PASSWORD 3600 s ago', 'OTP 3600 s ago']);
    const due = await reauthenticate(accessToken, { password: userPassword });
    expect(outcomeOf(due)).toBe('401 UNAUTHENTICATED FACTOR_REQUIRED');
    const done = await reauthenticate(accessToken, right(), challengeOf(due));
    expect(outcomeOf(done)).toBe('200 reauthenticate');
    const renewed = done.data.reauthenticate;
    expect(await facts(renewed.accessToken)).toEqual(['PASSWORD 0 s ago', 'OTP 0 s ago']);
    // A thief who holds a copy is not fresh with the owner.
    expect(await facts(accessToken)).toEqual([]);
    const stolen = await server.ask(
      `mutation { refresh(refreshToken: "${again.data.refresh.refreshToken}") { accessToken } }`,
    );
    expect(stolen.reason).toBe('TOKEN_INVALID');
    nowMs = start;
  });

  it('renews a session by its cookie, which is then another one', async () => {
    const due = await startSession();
    const opened = await completeSession(challengeOf(due), right(), cookieOf(due));
    const renew = (cookie: string, proof: object, challenge?: string) =>
      server.ask(
        'mutation ($c: String, $p: Proof!) { reauthenticate(challenge: $c, proof: $p) { user { id } } }',
        { variables: { c: challenge, p: proof }, headers: { ...browser, cookie } },
      );
    const again = await renew(cookieOf(opened), { password: userPassword });
    const done = await renew(cookieOf(opened), right(), challengeOf(again));
    expect(outcomeOf(done)).toBe('200 reauthenticate');
    const [before, after] = await Promise.all(
      [opened, done].map((answer) =>
        server.ask('{ me { id } }', { headers: { ...browser, cookie: cookieOf(answer) } }),
      ),
    );
    expect([before?.reason, after?.data.me.id]).toEqual(['TOKEN_REVOKED', user.id]);
  });

  it.each([
    { what: 'a wrong password', proof: { password: 'wrong' }, wrong: 'password' },
    { what: 'a wrong code', proof: { code: 'wrong' }, wrong: 'code' },
    { what: 'a key of another account', proof: { key: 'key other' }, wrong: 'of another account' },
  ])('refuses $what, and records it', async ({ proof, wrong }) => {
    const { accessToken } = await openSession();
    const asked = await reauthenticate(accessToken, proof);
    expect(outcomeOf(asked)).toBe('401 UNAUTHENTICATED BAD_CREDENTIALS');
    const sessionId = claimsOf(accessToken).sid;
    expect(await events(sessionId, 'session.proof_refused')).toEqual([{ detail: wrong }]);
  });

  it('asks for the password after a code: possession alone is not enough', async () => {
    const { accessToken } = await openSession();
    const due = await reauthenticate(accessToken, right());
    expect(due.errors[0].extensions).toMatchObject({
      reason: 'FACTOR_REQUIRED',
      factors: ['PASSWORD'],
    });
    const done = await reauthenticate(accessToken, { password: userPassword }, challengeOf(due));
    expect(outcomeOf(done)).toBe('200 reauthenticate');
  });

  it('completes neither a login nor what another session began', async () => {
    const [mine, other] = [await openSession(), await openSession()];
    const due = await reauthenticate(mine.accessToken, { password: userPassword });
    const challenge = challengeOf(due);
    const asked = [
      await complete(challenge, right()),
      await reauthenticate(other.accessToken, right(), challenge),
      await reauthenticate(mine.accessToken, right(), challengeOf(await logIn())),
    ];
    expect(asked.map(({ reason }) => reason)).toEqual(Array(3).fill('CHALLENGE_ENDED'));
  });

  it('is refused to anonymous viewers and to programs, before a proof is read', async () => {
    const created = await server.ask(
      'mutation { createApiClient(name: "a", groups: []) { secret } }',
      { token: server.admin.accessToken },
    );
    const asked = [
      await reauthenticate('', { password: userPassword }),
      await reauthenticate(created.data.createApiClient.secret, { password: userPassword }),
    ];
    expect(asked.map(({ status }) => status)).toEqual([401, 403]);
  });

  it('counts wrong passwords with those of logins', async () => {
    const { accessToken } = await openSession();
    for (let n = 0; n < 3; n += 1) await reauthenticate(accessToken, { password: 'wrong' });
    expect((await logIn()).code).toBe('RATE_LIMITED');
  });

  it('is no other than a change of the password, which proves the password too', async () => {
    const { accessToken } = await openSession();
    nowMs += 60_000;
    const changed = await server.ask(
      `mutation ($c: String!, $n: String!) {
        changePassword(currentPassword: $c, newPassword: $n) ${credentials}
      }`,
      { variables: { c: userPassword, n: `amber-${user.id}` }, token: accessToken },
    );
    expect(await facts(changed.data.changePassword.accessToken)).toEqual([
      'PASSWORD 0 s ago',
      'OTP 60 s ago',
    ]);
    expect(code.notices.at(-1)).toEqual({ userId: user.id, action: 'password.changed' });
    nowMs = start;
  });

  it('is not replaced by a change of the password when the other factor is not fresh', async () => {
    const opened = await openSession();
    nowMs += 16 * 60_000;
    const refreshed = await server.ask(
      'mutation ($t: String!) { refresh(refreshToken: $t) { accessToken } }',
      { variables: { t: opened.refreshToken } },
    );
    const { accessToken } = refreshed.data.refresh;
    const session = await server.ask(
      `mutation ($c: String!, $n: String!) {
        changePassword(currentPassword: $c, newPassword: $n) ${credentials}
      }`,
      { variables: { c: userPassword, n: `amber-${user.id}` }, token: accessToken },
    );
    expect(await facts(session.data.changePassword.accessToken)).toEqual([
      'PASSWORD 960 s ago',
      'OTP 960 s ago',
    ]);
    nowMs = start;
  });
});

describe('a change of how a user logs in', () => {
  const enrol = (token: string) => server.ask('mutation { enrolCode }', { token });
  const remove = (token: string) => server.ask('mutation { removeCode }', { token });

  it('ends all other sessions, is recorded, and is given to packages', async () => {
    const other = await complete(challengeOf(await logIn()), right());
    expect(outcomeOf(await enrol(user.accessToken))).toBe('200 enrolCode');
    expect(await events(user.id, 'code.enrolled')).toEqual([
      { detail: 'for the test; 1 session ended' },
    ]);
    expect(code.notices.at(-1)).toEqual({ userId: user.id, action: 'code.enrolled' });
    const asked = await Promise.all(
      [other.data.completeLogin, user].map(({ accessToken: token }) =>
        server.ask('{ me { id } }', { token }),
      ),
    );
    expect(asked.map(({ status }) => status)).toEqual([401, 200]);
  });

  it('asks for fresh proofs of as many kinds as it needs', async () => {
    const missing = await remove(user.accessToken);
    expect(outcomeOf(missing)).toBe('401 UNAUTHENTICATED FACTORS_MISSING');
    expect(missing.errors[0].extensions).toMatchObject({ maxAge: 900, factors: 2 });
    expect(missing.headers.get('www-authenticate')).toBe(
      'Bearer realm="gatehouse", error="insufficient_user_authentication", ' +
        'error_description="More authentication factors are required"',
    );
    const { refreshToken } = (await complete(challengeOf(await logIn()), right())).data
      .completeLogin;
    nowMs += 901_000;
    const { data } = await server.ask(
      `mutation { refresh(refreshToken: "${refreshToken}") { accessToken } }`,
    );
    const old = await remove(data.refresh.accessToken);
    expect(outcomeOf(old)).toBe('401 UNAUTHENTICATED AUTHENTICATION_TOO_OLD');
    nowMs -= 1_000;
    expect(outcomeOf(await remove(data.refresh.accessToken))).toBe('200 removeCode');
    nowMs = start;
  });
});
