import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  type AddedApp,
  challengeOf,
  codeOf,
  createFactorsClient,
  outcomeOf,
  startFactorsServer,
} from '../support/factors-server.ts';
import { type TestServer, type TestUser, userPassword } from '../support/test-server.ts';

let nowMs = Date.parse('2026-05-01T12:00:00Z');
const now = () => new Date(nowMs);
const pass = (seconds: number) => {
  nowMs += seconds * 1000;
};
let server: TestServer;
let client: ReturnType<typeof createFactorsClient>;
let user: TestUser;
let app: AddedApp;
beforeAll(async () => {
  server = await startFactorsServer({ now, environment: { ACCESS_TOKEN_SECONDS: '3600' } });
  client = createFactorsClient(server, now);
});
afterAll(() => server.stop());
beforeEach(async () => {
  user = await server.aUser();
  app = await client.addApp(user);
  pass(60);
});

const browser = { 'apollo-require-preflight': '1' };
const startSession = (headers = {}) =>
  server.ask(
    'mutation ($u: String!, $p: String!) { startSession(username: $u, password: $p) { groups } }',
    { variables: { u: user.username, p: userPassword }, headers: { ...browser, ...headers } },
  );
const completeSession = (challenge: string, otp: string, cookie: string) =>
  server.ask(
    `mutation ($c: String!, $o: String!) {
      completeSession(challenge: $c, proof: { otp: $o }) { groups }
    }`,
    { variables: { c: challenge, o: otp }, headers: { ...browser, cookie } },
  );
const isDue = '401 UNAUTHENTICATED FACTOR_REQUIRED';

describe('an attacker with the password (CWE-308, ASVS 6.3.3)', () => {
  it('opens no session by any mutation that takes a password', async () => {
    const attempts = [
      await client.logIn(user),
      await startSession(),
      await client.reauthenticate(user.accessToken, { password: userPassword }),
    ];
    expect(attempts.map(outcomeOf)).toEqual([isDue, isDue, isDue]);
    for (const { headers } of attempts) {
      expect(headers.get('set-cookie') ?? '').not.toMatch(/session=/);
    }
  });

  it('cannot use a challenge as a token, as a cookie or as a refresh token (CWE-287)', async () => {
    const challenge = challengeOf(await client.logIn(user));
    const asToken = await server.ask('{ me { id } }', { token: challenge });
    const asRefresh = await server.ask(
      'mutation ($t: String!) { refresh(refreshToken: $t) { accessToken } }',
      { variables: { t: challenge } },
    );
    expect([asToken.status, asRefresh.status]).toEqual([401, 401]);
  });

  it('cannot complete the login of a browser elsewhere (CWE-384)', async () => {
    const due = await startSession();
    const cookie = due.headers.get('set-cookie')?.split(';')[0] ?? '';
    expect(cookie).toMatch(/login=/);
    const challenge = challengeOf(due);
    const otp = codeOf(app.secret, now());
    expect((await completeSession(challenge, otp, '')).reason).toBe('CHALLENGE_ENDED');
    expect(outcomeOf(await client.complete(challenge, { otp }))).toBe(
      '401 UNAUTHENTICATED CHALLENGE_ENDED',
    );
    expect(outcomeOf(await completeSession(challenge, otp, cookie))).toBe('200 completeSession');
  });

  it('gets no second factor by another password (CWE-640)', async () => {
    const admin = await server.aUser('ADMIN');
    const newPassword = 'a-brand-new-word-33';
    await server.ask(
      'mutation ($id: ID!, $p: String!) { resetPassword(userId: $id, newPassword: $p) { id } }',
      { token: admin.accessToken, variables: { id: user.id, p: newPassword } },
    );
    expect(outcomeOf(await client.logIn(user, newPassword))).toBe(isDue);
  });

  it('learns nothing about factors without the password (CWE-204)', async () => {
    const plain = await server.aUser();
    const wrong = [await client.logIn(user, 'wrong'), await client.logIn(plain, 'wrong')];
    const [first = '', second = ''] = wrong.map(({ text }) => text);
    expect(first).toBe(second);
  });

  it('has a challenge that ends with the fifth wrong proof, whatever its kind (ASVS 6.3.1)', async () => {
    const challenge = challengeOf(await client.logIn(user));
    const wrong = [
      { otp: '000000' },
      { recoveryCode: 'x' },
      { otp: '' },
      { otp: '1' },
      { otp: '2' },
    ];
    for (const proof of wrong) {
      expect((await client.complete(challenge, proof)).reason).toBe('BAD_CREDENTIALS');
    }
    const otp = codeOf(app.secret, now());
    expect((await client.complete(challenge, { otp })).reason).toBe('CHALLENGE_ENDED');
  });

  it('cannot send two proofs at once, or none', async () => {
    const challenge = challengeOf(await client.logIn(user));
    const proof = { otp: '000000', recoveryCode: app.recoveryCodes[0] };
    expect((await client.complete(challenge, proof)).status).toBe(400);
    expect((await client.complete(challenge, {})).status).toBe(400);
  });
});

describe('an attacker with a session of a password alone (ASVS 7.5.1)', () => {
  it('cannot remove, rename, renew, replace or add a factor', async () => {
    const { accessToken: token } = user;
    const fresh = await server.aUser();
    const begun = (await client.enrolOtp(fresh.accessToken)).data.enrolOtp;
    const changes = [
      await server.ask('mutation ($id: ID!) { removeFactor(id: $id) }', {
        token,
        variables: { id: app.factorId },
      }),
      await server.ask('mutation ($id: ID!) { renameFactor(id: $id, name: "x") { id } }', {
        token,
        variables: { id: app.factorId },
      }),
    ];
    expect(changes.map(outcomeOf)).toEqual(Array(2).fill('401 UNAUTHENTICATED FACTORS_MISSING'));
    const ways = [await client.renewRecoveryCodes(token), await client.enrolOtp(token)];
    expect(ways.map(outcomeOf)).toEqual(Array(2).fill(isDue));
    const confirmed = await client.confirmOtp(token, begun.enrolment, codeOf(begun.secret, now()));
    expect(outcomeOf(confirmed)).toBe('400 BAD_USER_INPUT');
    expect(outcomeOf(await client.logInWith(user, { otp: codeOf(app.secret, now()) }))).toBe(
      '200 completeLogin',
    );
  });
});

describe('secrets', () => {
  it('are in no log line and no audit event (CWE-532)', async () => {
    const code = app.recoveryCodes[0] ?? '';
    const challenge = challengeOf(await client.logIn(user));
    await client.complete(challenge, { otp: '271828' });
    await client.complete(challenge, { recoveryCode: code });
    const events = await server.connection.database.auditEvent.findMany({});
    const written = server.logLines.join('') + JSON.stringify(events);
    for (const secret of [app.secret, code, challenge, '271828']) {
      expect(written).not.toContain(secret);
    }
  });
});
