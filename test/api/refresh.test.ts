import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { claimsOf } from '../support/claims.ts';
import type { Answer, TestServer, TestUser } from '../support/test-server.ts';
import { startTestServer, userPassword } from '../support/test-server.ts';

const start = Date.parse('2026-03-01T12:00:00Z');
const day = 24 * 60 * 60 * 1000;
let nowMs = start;
const now = () => new Date(nowMs);

let server: TestServer;
let auditor: TestUser;
let user: TestUser;
beforeAll(async () => {
  server = await startTestServer({ now });
  auditor = await server.aUser('AUDITOR');
});
afterAll(() => server.stop());
beforeEach(async () => {
  nowMs = start;
  user = await server.aUser('STAFF', 'AUDITOR');
});

const mutation = `mutation ($refreshToken: String!) {
  refresh(refreshToken: $refreshToken) {
    accessToken tokenType expiresIn refreshToken user { id username displayName groups }
  }
}`;
const refresh = (refreshToken: string, token?: string, at = server): Promise<Answer> =>
  at.ask(mutation, { variables: { refreshToken }, ...(token === undefined ? {} : { token }) });
const me = (token: string): Promise<Answer> => server.ask('{ me { id } }', { token });

async function mustRefresh(refreshToken: string) {
  const answer = await refresh(refreshToken);
  expect(answer.status, answer.text).toBe(200);
  return answer.data.refresh;
}

function expectRefusal(answer: Answer, reason: string): void {
  const { status, code, body } = answer;
  expect({ status, code, reason: answer.reason }, answer.text).toEqual({
    status: 401,
    code: 'UNAUTHENTICATED',
    reason,
  });
  expect(body).not.toHaveProperty('data');
}

async function eventsOf(action: string, subjectId: string) {
  const query = `query ($action: String) { auditEvents(first: 100, action: $action) { edges { node {
    subjectId detail ip actor { ... on User { id } } } } } }`;
  const { accessToken: token } = await server.logIn(auditor.username, userPassword);
  const { data } = await server.ask(query, { token, variables: { action } });
  const events = data.auditEvents.edges.map(({ node }: { node: { subjectId: string } }) => node);
  return events.filter((event: { subjectId: string }) => event.subjectId === subjectId);
}

describe('a refresh token', () => {
  it('gives credentials of the same session, and a successor', async () => {
    nowMs = start + 5_000;
    const next = await mustRefresh(user.refreshToken);
    expect(next).toEqual({
      accessToken: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/),
      tokenType: 'Bearer',
      expiresIn: 600,
      refreshToken: expect.stringMatching(/^[\w-]{112}$/),
      user: {
        id: user.id,
        username: user.username,
        displayName: user.username,
        groups: ['AUDITOR', 'STAFF'],
      },
    });
    expect(next.refreshToken).not.toBe(user.refreshToken);
    expect(claimsOf(next.accessToken)).toMatchObject({
      sub: user.id,
      sid: claimsOf(user.accessToken).sid,
      iat: (start + 5_000) / 1000,
    });
    expect((await me(next.accessToken)).data.me.id).toBe(user.id);
    expect((await me(user.accessToken)).status).toBe(200);
  });

  it.each([
    ['none', undefined],
    ['one that is rubbish', 'rubbish'],
    ['one that has expired', 'expired'],
    ['that of another user', 'other'],
  ])('works whatever token is in the header: %s', async (_what, kind) => {
    const other = await server.aUser('ADMIN');
    nowMs = start + 700_000;
    const tokens: Record<string, string> = {
      rubbish: 'abc.def.ghi',
      expired: user.accessToken,
      other: other.accessToken,
    };
    const answer = await refresh(user.refreshToken, kind && tokens[kind]);
    expect(answer.status).toBe(200);
    expect(answer.data.refresh.user.id).toBe(user.id);
  });

  it('is written down when it is used: of which session, by whom, from where', async () => {
    await mustRefresh(user.refreshToken);
    const { sid } = claimsOf(user.accessToken);
    expect(await eventsOf('session.refreshed', sid)).toEqual([
      { subjectId: sid, detail: null, ip: '127.0.0.1', actor: { id: user.id } },
    ]);
  });

  it('is stored as its hash alone, and so is its successor', async () => {
    const next = await mustRefresh(user.refreshToken);
    const { database } = server.connection;
    const where = { id: claimsOf(user.accessToken).sid };
    const session = await database.session.findUniqueOrThrow({ where });
    const stored = Object.values(session).filter((value) => value instanceof Uint8Array);
    expect(stored).toHaveLength(3);
    for (const token of [user.refreshToken, next.refreshToken]) {
      const bytes = Buffer.from(token, 'base64url');
      const ofSession = Buffer.from(where.id.replaceAll('-', ''), 'hex');
      expect(bytes.subarray(0, 16)).toEqual(ofSession);
      expect(stored.some((each) => bytes.includes(Buffer.from(each)))).toBe(false);
      expect(server.logLines.some((line) => line.includes(token))).toBe(false);
    }
  });

  it('writes the current groups into the claim `groups`, which no request reads', async () => {
    expect(claimsOf(user.accessToken).groups).toEqual(['AUDITOR', 'STAFF']);
    const admin = await server.logIn('admin', 'violet-otter-ladder-93-quay');
    const revoke = await server.ask(
      `mutation { revokeGroup(userId: "${user.id}", group: AUDITOR) { id } }`,
      { token: admin.accessToken },
    );
    expect(revoke.status).toBe(200);
    const next = await mustRefresh(user.refreshToken);
    expect(claimsOf(next.accessToken).groups).toEqual(['STAFF']);
    const old = await server.ask('{ viewer { groups } }', { token: user.accessToken });
    expect(old.data.viewer.groups).toEqual(['STAFF']);
  });
});

describe('a refresh token that comes again', () => {
  it('gets the same successor within the grace, however often, and another access token', async () => {
    const first = await mustRefresh(user.refreshToken);
    nowMs = start + 9_999;
    const again = await mustRefresh(user.refreshToken);
    const onceMore = await mustRefresh(user.refreshToken);
    expect([again.refreshToken, onceMore.refreshToken]).toEqual([
      first.refreshToken,
      first.refreshToken,
    ]);
    expect(again.accessToken).not.toBe(first.accessToken);
    expect((await me(again.accessToken)).status).toBe(200);
    expect(await eventsOf('session.refreshed', claimsOf(user.accessToken).sid)).toHaveLength(1);
    nowMs = start + 60_000;
    await mustRefresh(first.refreshToken);
  });

  it('ends the session after the grace, the access tokens too, and that is written down', async () => {
    const next = await mustRefresh(user.refreshToken);
    const other = await server.logIn(user.username, userPassword);
    nowMs = start + 10_000;
    expectRefusal(await refresh(user.refreshToken), 'TOKEN_REVOKED');
    for (const { accessToken } of [user, next]) {
      const answer = await me(accessToken);
      expect({ status: answer.status, reason: answer.reason }).toEqual({
        status: 401,
        reason: 'TOKEN_REVOKED',
      });
    }
    expectRefusal(await refresh(next.refreshToken), 'TOKEN_REVOKED');
    expectRefusal(await refresh(user.refreshToken), 'TOKEN_REVOKED');
    const { sid } = claimsOf(user.accessToken);
    expect(await eventsOf('refresh.reused', sid)).toEqual([
      { subjectId: sid, detail: `of user ${user.id}`, ip: '127.0.0.1', actor: null },
    ]);
    expect((await me(other.accessToken)).status).toBe(200);
  });

  it('ends the session within the grace too, once its successor was used', async () => {
    const second = await mustRefresh(user.refreshToken);
    const third = await mustRefresh(second.refreshToken);
    expectRefusal(await refresh(user.refreshToken), 'TOKEN_REVOKED');
    expectRefusal(await refresh(third.refreshToken), 'TOKEN_REVOKED');
    expect((await me(third.accessToken)).reason).toBe('TOKEN_REVOKED');
  });

  it('ends the session however many tokens later', async () => {
    let { refreshToken } = user;
    for (let n = 0; n < 5; n += 1) {
      nowMs += 600_000;
      refreshToken = (await mustRefresh(refreshToken)).refreshToken;
    }
    expectRefusal(await refresh(user.refreshToken), 'TOKEN_REVOKED');
    expectRefusal(await refresh(refreshToken), 'TOKEN_REVOKED');
  });

  it('ends the session at once where there is no grace', async () => {
    const strict = await startTestServer({ now, environment: { REFRESH_GRACE_SECONDS: '0' } });
    try {
      const { refreshToken } = await strict.aUser('STAFF');
      expect((await refresh(refreshToken, undefined, strict)).status).toBe(200);
      expectRefusal(await refresh(refreshToken, undefined, strict), 'TOKEN_REVOKED');
    } finally {
      await strict.stop();
    }
  });
});

describe('what is no refresh token', () => {
  const good = () => user.refreshToken;
  it.each([
    ['nothing', () => ''],
    ['fifty letters', () => 'x'.repeat(50)],
    ['a token cut short', () => good().slice(0, -1)],
    ['a token with a letter more', () => `${good()}A`],
    ['a token between spaces', () => ` ${good()} `],
    ['ten thousand letters', () => 'A'.repeat(10_000)],
    ['ninety thousand letters', () => 'A'.repeat(90_000)],
    ['a NUL', () => `${good().slice(0, -1)}\0`],
    ['half of a surrogate pair', () => '\ud800'.repeat(112)],
    ['SQL', () => "' OR used_at IS NULL --"],
    ['an access token', () => user.accessToken],
  ])('is refused as malformed: %s', async (_what, text) => {
    expectRefusal(await refresh(text()), 'TOKEN_MALFORMED');
  });

  it('is refused as invalid when it looks like one', async () => {
    const { refreshToken: token } = user;
    const other = token.startsWith('A') ? 'B' : 'A';
    const inverted = [...token].map((each) =>
      each === each.toLowerCase() ? each.toUpperCase() : each.toLowerCase(),
    );
    for (const text of [
      Buffer.alloc(84).toString('base64url'),
      `${other}${token.slice(1)}`,
      `${inverted.slice(0, -1).join('')}A`,
    ]) {
      const answer = await refresh(text);
      expectRefusal(answer, 'TOKEN_INVALID');
      // That is said of access tokens only (RFC 6750, 3.1), and this request brought none.
      expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="gatehouse"');
      expect(answer.text).not.toContain(text);
    }
    await mustRefresh(token);
  });

  it.each([null, 17, ['a'], { a: 1 }, true])(
    'is wrong input when it is no text: %j',
    async (value) => {
      const answer = await server.ask(mutation, { variables: { refreshToken: value } });
      expect({ status: answer.status, code: answer.code }).toEqual({
        status: 400,
        code: 'BAD_USER_INPUT',
      });
    },
  );

  it('cannot be tried twice in one operation', async () => {
    const { status } = await server.ask(`mutation {
      a: refresh(refreshToken: "${user.refreshToken}") { expiresIn }
      b: refresh(refreshToken: "${user.refreshToken}") { expiresIn }
    }`);
    expect(status).toBe(400);
    const { status: withLogin } = await server.ask(`mutation {
      refresh(refreshToken: "${user.refreshToken}") { expiresIn }
      login(username: "admin", password: "x") { expiresIn }
    }`);
    expect(withLogin).toBe(400);
    await mustRefresh(user.refreshToken);
  });
});

describe('a session', () => {
  it('ends when it was idle for seven days, to the millisecond', async () => {
    nowMs = start + 7 * day - 1_000;
    const next = await mustRefresh(user.refreshToken);
    nowMs = start + 7 * day;
    expect((await me(next.accessToken)).status).toBe(200);
    nowMs = start + 14 * day - 1_000;
    expectRefusal(await refresh(next.refreshToken), 'TOKEN_EXPIRED');
    expectRefusal(await refresh(user.refreshToken), 'TOKEN_EXPIRED');
  });

  it('ends after thirty days, however much it is used, and so do its access tokens', async () => {
    let { refreshToken } = user;
    for (const days of [6, 12, 18, 24]) {
      nowMs = start + days * day;
      refreshToken = (await mustRefresh(refreshToken)).refreshToken;
    }
    nowMs = start + 30 * day - 60_000;
    const last = await mustRefresh(refreshToken);
    expect(last.expiresIn).toBe(60);
    expect(claimsOf(last.accessToken).exp * 1000).toBe(start + 30 * day);
    nowMs = start + 30 * day - 1_000;
    const veryLast = await mustRefresh(last.refreshToken);
    expect(veryLast.expiresIn).toBe(1);
    expect((await me(veryLast.accessToken)).status).toBe(200);
    nowMs = start + 30 * day;
    expect((await me(veryLast.accessToken)).reason).toBe('TOKEN_EXPIRED');
    expectRefusal(await refresh(veryLast.refreshToken), 'TOKEN_EXPIRED');
  });

  it('gives no access token that outlives it when it is idle', async () => {
    const short = await startTestServer({
      now,
      environment: { SESSION_IDLE_SECONDS: '60', ACCESS_TOKEN_SECONDS: '3600' },
    });
    try {
      const one = await short.aUser('STAFF');
      expect(claimsOf(one.accessToken).exp * 1000).toBe(start + 60_000);
      nowMs = start + 30_000;
      const { data } = await refresh(one.refreshToken, undefined, short);
      expect(data.refresh.expiresIn).toBe(60);
      nowMs = start + 59_999;
      expect((await short.ask('{ me { id } }', { token: one.accessToken })).status).toBe(200);
      nowMs = start + 89_999;
      const { accessToken: token } = data.refresh;
      expect((await short.ask('{ me { id } }', { token })).status).toBe(200);
      nowMs = start + 90_000;
      expect((await short.ask('{ me { id } }', { token })).status).toBe(401);
    } finally {
      await short.stop();
    }
  });

  it('of a disabled user cannot be refreshed, and neither once the user is enabled', async () => {
    const admin = await server.logIn('admin', 'violet-otter-ladder-93-quay');
    for (const change of ['disableUser', 'enableUser']) {
      const query = `mutation { ${change}(id: "${user.id}") { id } }`;
      expect((await server.ask(query, { token: admin.accessToken })).status).toBe(200);
      expectRefusal(await refresh(user.refreshToken), 'TOKEN_REVOKED');
    }
  });

  it('of a user who is disabled in the database alone cannot be refreshed', async () => {
    const where = { id: user.id };
    await server.connection.database.user.update({ where, data: { disabledAt: now() } });
    expectRefusal(await refresh(user.refreshToken), 'TOKEN_REVOKED');
  });

  it('continues by one secret, whatever writes to the database', async () => {
    const where = { id: claimsOf(user.accessToken).sid };
    const { session } = server.connection.database;
    const hash = Buffer.alloc(32, 1);
    for (const data of [
      { cookieHash: hash },
      { refreshSecretHash: null },
      { refreshSecretHash: Buffer.alloc(31) },
      { refreshGeneration: 1 },
      { refreshSalt: hash },
    ]) {
      await expect(session.update({ where, data })).rejects.toMatchObject({ code: 'P2039' });
    }
  });
});
