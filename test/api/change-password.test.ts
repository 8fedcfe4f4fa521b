import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { claimsOf } from '../support/claims.ts';
import type { Answer, TestServer, TestUser } from '../support/test-server.ts';
import { adminPassword, startTestServer, userPassword } from '../support/test-server.ts';

let server: TestServer;
let user: TestUser;
beforeAll(async () => {
  server = await startTestServer({ environment: { LOGIN_ATTEMPTS_PER_ACCOUNT: '10' } });
});
afterAll(() => server.stop());
beforeEach(async () => {
  user = await server.aUser('STAFF');
});

const newPassword = 'cobalt-ferry-31-lantern';
const change = (
  { accessToken: token }: Pick<TestUser, 'accessToken'>,
  current = userPassword,
  next = newPassword,
): Promise<Answer> =>
  server.ask(
    `mutation ($current: String!, $next: String!) {
      changePassword(currentPassword: $current, newPassword: $next) {
        accessToken refreshToken tokenType expiresIn user { id groups }
      }
    }`,
    { token, variables: { current, next } },
  );
const reset = (id: string, password = newPassword, by = server.admin): Promise<Answer> =>
  server.ask(
    'mutation ($id: ID!, $password: String!) { resetPassword(userId: $id, newPassword: $password) { id } }',
    { token: by.accessToken, variables: { id, password } },
  );
const me = (token: string): Promise<Answer> => server.ask('{ me { id } }', { token });
const refresh = (refreshToken: string): Promise<Answer> =>
  server.ask('mutation ($t: String!) { refresh(refreshToken: $t) { accessToken refreshToken } }', {
    variables: { t: refreshToken },
  });
const canLogIn = (username: string, password: string): Promise<boolean> =>
  server.logIn(username, password).then(
    () => true,
    () => false,
  );
const eventsOn = (subjectId: string) =>
  server.connection.database.auditEvent.findMany({
    where: { subjectId, action: { startsWith: 'password.' } },
    orderBy: { id: 'asc' },
    select: { action: true, actorId: true, detail: true, ip: true },
  });

describe('changePassword', () => {
  it('lets this session go on with other credentials, and ends all others', async () => {
    const others = [
      await server.logIn(user.username, userPassword),
      await server.logIn(user.username, userPassword),
    ];
    const { status, data } = await change(user);
    expect(status).toBe(200);
    const changed = data.changePassword;
    expect(changed).toMatchObject({
      tokenType: 'Bearer',
      expiresIn: 600,
      user: { id: user.id, groups: ['STAFF'] },
    });
    expect(claimsOf(changed.accessToken).sid).toBe(claimsOf(user.accessToken).sid);
    expect((await me(changed.accessToken)).data.me.id).toBe(user.id);
    expect((await me(user.accessToken)).status).toBe(200);
    for (const { accessToken, refreshToken } of others) {
      expect((await me(accessToken)).reason).toBe('TOKEN_REVOKED');
      expect((await refresh(refreshToken)).reason).toBe('TOKEN_REVOKED');
    }
    expect(await eventsOn(user.id)).toEqual([
      {
        action: 'password.changed',
        actorId: user.id,
        detail: '2 sessions ended',
        ip: '127.0.0.1',
      },
    ]);
  });

  it('makes the old password and the old refresh token dead, and the new ones alive', async () => {
    const { data } = await change(user);
    expect(await canLogIn(user.username, userPassword)).toBe(false);
    expect(await canLogIn(user.username, newPassword)).toBe(true);
    expect((await refresh(user.refreshToken)).reason).toBe('TOKEN_INVALID');
    expect((await refresh(data.changePassword.refreshToken)).status).toBe(200);
  });

  it('still notices the reuse of tokens that were used before it', async () => {
    const first = await refresh(user.refreshToken);
    expect(first.status).toBe(200);
    expect((await refresh(first.data.refresh.refreshToken)).status).toBe(200);
    const { data } = await change(user);
    expect((await refresh(user.refreshToken)).reason).toBe('TOKEN_REVOKED');
    expect((await refresh(data.changePassword.refreshToken)).reason).toBe('TOKEN_REVOKED');
  });

  it('is refused with a wrong current password, and changes nothing', async () => {
    const other = await server.logIn(user.username, userPassword);
    const wrong = ['a-wrong-password-for-this', '', `${userPassword} `, adminPassword];
    for (const current of wrong) {
      const { status, code, reason, body } = await change(user, current);
      expect({ status, code, reason }).toEqual({
        status: 401,
        code: 'UNAUTHENTICATED',
        reason: 'BAD_CREDENTIALS',
      });
      expect(body).not.toHaveProperty('data');
    }
    expect((await me(other.accessToken)).status).toBe(200);
    expect((await refresh(user.refreshToken)).status).toBe(200);
    expect(await canLogIn(user.username, userPassword)).toBe(true);
    expect(await eventsOn(user.id)).toEqual(
      wrong.map(() => ({
        action: 'password.change_refused',
        actorId: user.id,
        detail: null,
        ip: '127.0.0.1',
      })),
    );
  });

  it('counts wrong current passwords like failures to log in, and ends no session', async () => {
    for (let n = 0; n < 10; n += 1) await change(user, 'a-wrong-password-for-this');
    const { status, code, headers } = await change(user);
    expect({ status, code }).toEqual({ status: 429, code: 'RATE_LIMITED' });
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await canLogIn(user.username, userPassword)).toBe(false);
    expect((await me(user.accessToken)).status).toBe(200);
    expect((await refresh(user.refreshToken)).status).toBe(200);
  });

  it('does not count those that were right', async () => {
    const passwords = [userPassword, newPassword];
    for (let n = 0; n < 12; n += 1) {
      const [current, next] = [passwords[n % 2], passwords[(n + 1) % 2]];
      expect((await change(user, current, next)).status).toBe(200);
    }
  });

  it('does not look at a new password for a wrong current one', async () => {
    const { status, errors } = await change(user, 'wrong', 'aaaaaaaaaaaaaaa');
    expect(status).toBe(401);
    expect(errors[0].extensions).toMatchObject({ reason: 'BAD_CREDENTIALS' });
  });

  it.each([
    ['too short', () => 'fourteen chars'],
    ['too long for bcrypt', () => 'é'.repeat(37)],
    ['with a NUL', () => 'nul-in-the-middle\0-of-it'],
    ['with the username in it', () => `my-${user.username.toUpperCase()}-is-here`],
  ])('takes no new password that is %s', async (_what, next) => {
    const { status, errors, text } = await change(user, userPassword, next());
    expect(status).toBe(400);
    expect(errors[0].extensions).toEqual({ code: 'BAD_USER_INPUT', argument: 'newPassword' });
    expect(text).not.toContain(next());
    expect(await canLogIn(user.username, userPassword)).toBe(true);
  });

  it('is refused to anonymous viewers', async () => {
    const query = `mutation { changePassword(currentPassword: "${userPassword}",
      newPassword: "${newPassword}") { tokenType } }`;
    expect((await server.ask(query)).reason).toBe('TOKEN_MISSING');
  });

  it('is done by one of two sessions that come at once, and the other one is over', async () => {
    for (let round = 0; round < 5; round += 1) {
      const one = await server.aUser('STAFF');
      const two = await server.logIn(one.username, userPassword);
      const answers = await Promise.all([
        change(one, userPassword, 'cobalt-ferry-31-lantern'),
        change(two, userPassword, 'walnut-tide-64-marble'),
      ]);
      const done = answers.filter(({ status }) => status === 200);
      const lost = answers.filter(({ status }) => status !== 200);
      expect(done).toHaveLength(1);
      expect(['TOKEN_REVOKED', 'BAD_CREDENTIALS']).toContain(lost[0]?.reason);
      expect(lost[0]?.status).toBe(401);
      const won = answers[0]?.status === 200 ? 'cobalt-ferry-31-lantern' : 'walnut-tide-64-marble';
      expect(await canLogIn(one.username, won)).toBe(true);
    }
  });

  it('is done once of two that come at once in one session', async () => {
    const answers = await Promise.all([
      change(user, userPassword, 'cobalt-ferry-31-lantern'),
      change(user, userPassword, 'walnut-tide-64-marble'),
    ]);
    const lost = answers.filter(({ status }) => status !== 200);
    expect(lost).toHaveLength(1);
    expect(['CHANGED_MEANWHILE', 'BAD_CREDENTIALS']).toContain(lost[0]?.reason);
    expect((await me(user.accessToken)).status).toBe(200);
  });
});

describe('resetPassword', () => {
  it('gives another password and ends every session of the user', async () => {
    const other = await server.logIn(user.username, userPassword);
    const { status, data } = await reset(user.id);
    expect({ status, data }).toEqual({ status: 200, data: { resetPassword: { id: user.id } } });
    for (const { accessToken, refreshToken } of [user, other]) {
      expect((await me(accessToken)).reason).toBe('TOKEN_REVOKED');
      expect((await refresh(refreshToken)).reason).toBe('TOKEN_REVOKED');
    }
    expect(await canLogIn(user.username, userPassword)).toBe(false);
    expect(await canLogIn(user.username, newPassword)).toBe(true);
    expect(await eventsOn(user.id)).toEqual([
      {
        action: 'password.reset',
        actorId: server.admin.id,
        detail: '2 sessions ended',
        ip: '127.0.0.1',
      },
    ]);
  });

  it('takes no password that breaks a rule', async () => {
    const passwords = ['short', `my-${user.username.toUpperCase()}-is-here`, 'p'.repeat(73)];
    for (const password of passwords) {
      const { status, errors, text } = await reset(user.id, password);
      expect(status).toBe(400);
      expect(errors[0].extensions).toEqual({ code: 'BAD_USER_INPUT', argument: 'newPassword' });
      expect(text).not.toContain(password);
    }
    expect((await me(user.accessToken)).status).toBe(200);
  });

  it('is NOT_FOUND where there is no user, and refused to all but an ADMIN', async () => {
    for (const id of ['00000000-0000-7000-8000-000000000000', '1', '\0']) {
      const { status, errors } = await reset(id);
      expect(status).toBe(404);
      expect(errors[0].extensions).toEqual({ code: 'NOT_FOUND', argument: 'userId' });
    }
    const manager = await server.aUser('MANAGER', 'AUDITOR', 'STAFF');
    expect((await reset(user.id, newPassword, manager)).status).toBe(403);
    expect((await reset(user.id, newPassword, user)).status).toBe(403);
  });

  it('does not enable a disabled user', async () => {
    const { accessToken: token } = server.admin;
    await server.ask(`mutation { disableUser(id: "${user.id}") { id } }`, { token });
    expect((await reset(user.id)).status).toBe(200);
    expect(await canLogIn(user.username, newPassword)).toBe(false);
    await server.ask(`mutation { enableUser(id: "${user.id}") { id } }`, { token });
    expect(await canLogIn(user.username, newPassword)).toBe(true);
  });

  it('of an own password ends this session too', async () => {
    const admin = await server.aUser('ADMIN');
    expect((await reset(admin.id, newPassword, admin)).status).toBe(200);
    expect((await me(admin.accessToken)).reason).toBe('TOKEN_REVOKED');
    await server.ask(`mutation { disableUser(id: "${admin.id}") { id } }`, {
      token: server.admin.accessToken,
    });
  });
});

describe('a refresh that was under way while the password changed', () => {
  const startedMs = Date.now();
  let passedMs = 0;
  let other: TestServer;
  beforeAll(async () => {
    other = await startTestServer({ now: () => new Date(startedMs + passedMs) });
  });
  afterAll(() => other.stop());
  const refreshThere = (token: string) =>
    other.ask('mutation ($t: String!) { refresh(refreshToken: $t) { refreshToken } }', {
      variables: { t: token },
    });

  /** A session whose refresh token was used, and whose password was changed then. */
  async function refreshedAndChanged() {
    const session = await other.aUser('STAFF');
    const refreshed = (await refreshThere(session.refreshToken)).data.refresh.refreshToken;
    const query = `mutation { changePassword(currentPassword: "${userPassword}",
      newPassword: "${newPassword}") { refreshToken } }`;
    const { data } = await other.ask(query, { token: session.accessToken });
    return { used: session.refreshToken, refreshed, changed: data.changePassword.refreshToken };
  }

  it('may be repeated within its grace: it gets nothing, and the session goes on', async () => {
    const { used, refreshed, changed } = await refreshedAndChanged();
    passedMs += 9_000;
    for (const token of [used, refreshed, used]) {
      const { status, reason, body } = await refreshThere(token);
      expect({ status, reason }).toEqual({ status: 401, reason: 'TOKEN_INVALID' });
      expect(body).not.toHaveProperty('data');
    }
    expect((await refreshThere(changed)).status).toBe(200);
  });

  it('ends the session when it is repeated later', async () => {
    const { used, changed } = await refreshedAndChanged();
    passedMs += 10_000;
    expect((await refreshThere(used)).reason).toBe('TOKEN_REVOKED');
    expect((await refreshThere(changed)).reason).toBe('TOKEN_REVOKED');
  });
});

describe('a session that has no second left', () => {
  /** The clock stands still, so that the session is alive all along. */
  const at = new Date(Math.floor(Date.now() / 1000) * 1000 + 200);
  let other: TestServer;
  beforeAll(async () => {
    other = await startTestServer({ now: () => at });
  });
  afterAll(() => other.stop());

  it('is refused a change of password, and the old one is the right one still', async () => {
    const { username, id, accessToken: token } = await other.aUser('STAFF');
    await other.connection.database.session.updateMany({
      where: { userId: id },
      data: { expiresAt: new Date(at.getTime() + 700) },
    });
    const { status, reason, body } = await other.ask(
      `mutation { changePassword(currentPassword: "${userPassword}", newPassword: "${newPassword}") {
        tokenType } }`,
      { token },
    );
    expect({ status, reason }).toEqual({ status: 401, reason: 'TOKEN_EXPIRED' });
    expect(body).not.toHaveProperty('data');
    await expect(other.logIn(username, userPassword)).resolves.toBeDefined();
    await expect(other.logIn(username, newPassword)).rejects.toThrow('BAD_CREDENTIALS');
    const changes = await other.connection.database.auditEvent.count({
      where: { subjectId: id, action: 'password.changed' },
    });
    expect(changes).toBe(0);
  });
});
