import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { AskOptions } from '../support/ask.ts';
import type { TestServer, TestUser } from '../support/test-server.ts';
import { startTestServer, userPassword } from '../support/test-server.ts';
import { openTestSocket } from '../support/test-socket.ts';

let server: TestServer;
let user: TestUser;
let clockOffsetMs = 0;
beforeAll(async () => {
  server = await startTestServer({ now: () => new Date(Date.now() + clockOffsetMs) });
});
afterAll(() => server.stop());
beforeEach(async () => {
  user = await server.aUser('STAFF');
});

/** What a page of the server's own origin sends. */
const ownPage = () => ({ origin: server.url, 'sec-fetch-site': 'same-origin' });
const asPage = (query: string, cookie?: string, options: AskOptions = {}) =>
  server.ask(query, {
    ...options,
    headers: { ...ownPage(), ...(cookie === undefined ? {} : { cookie }), ...options.headers },
  });

const startMutation = `mutation ($username: String!, $password: String!) {
  startSession(username: $username, password: $password) { groups principal { id } }
}`;
const start = (options: { password?: string; cookie?: string; username?: string } = {}) => {
  const { password = userPassword, cookie, username = user.username } = options;
  return asPage(startMutation, cookie, { variables: { username, password } });
};

/** A browser's cookie: its name and its value. */
async function logIn(username = user.username): Promise<string> {
  const { headers } = await start({ username });
  const [cookie = ''] = headers.getSetCookie().map((each) => each.split(';')[0] ?? '');
  return cookie;
}
const me = (cookie: string) => asPage('{ me { username } }', cookie);
const outcomeOf = async (cookie: string) => {
  const { status, reason } = await me(cookie);
  return reason ?? status;
};

describe('startSession', () => {
  it('sets one cookie that scripts cannot read, and returns the viewer and no token', async () => {
    const { status, data, headers, text } = await start();
    expect({ status, data }).toEqual({
      status: 200,
      data: { startSession: { groups: ['STAFF'], principal: { id: user.id } } },
    });
    const [cookie = '', ...others] = headers.getSetCookie();
    expect(others).toEqual([]);
    expect(cookie).toMatch(
      /^gatehouse-dev=[A-Za-z0-9_-]{43}; Max-Age=25\d{5}; Path=\/; HttpOnly; SameSite=Strict$/,
    );
    expect(text).not.toContain(cookie.slice('gatehouse-dev='.length, 50));
    expect(headers.get('cache-control')).toBe('no-store');
  });

  it('keeps the cookie itself nowhere: not in the database, and not in the log', async () => {
    const cookie = await logIn();
    await me(cookie);
    const [, value = ''] = cookie.split('=');
    const { database } = server.connection;
    const sessions = await database.session.findMany({ where: { userId: user.id } });
    const [session] = sessions.filter(({ cookieHash }) => cookieHash !== null);
    expect(session?.cookieHash?.length).toBe(32);
    const audit = await database.auditEvent.findMany({ where: { subjectId: user.id } });
    expect(JSON.stringify([sessions, audit])).not.toContain(value);
    expect(server.logLines.join('\n')).not.toContain(value);
  });

  it('opens another session at each login, whatever cookie came', async () => {
    const first = await logIn();
    const chosen = `gatehouse-dev=${'a'.repeat(42)}A`;
    for (const cookie of [first, chosen]) {
      const { headers } = await start({ cookie });
      const [next = ''] = headers.getSetCookie();
      expect(next.split(';')[0]).not.toBe(cookie);
    }
    expect(await outcomeOf(chosen)).toBe('TOKEN_REVOKED');
  });

  it('refuses wrong credentials as login does, without a cookie', async () => {
    const { status, reason, headers } = await start({ password: 'wrong-password-here' });
    expect({ status, reason }).toEqual({ status: 401, reason: 'BAD_CREDENTIALS' });
    expect(headers.getSetCookie()).toEqual([]);
    const events = await server.connection.database.auditEvent.findMany({
      where: { subjectId: user.id, action: 'login.failed' },
    });
    expect(events).toHaveLength(1);
  });

  it('is refused to pages of other sites, even without a cookie', async () => {
    const { status, reason, headers } = await server.ask(startMutation, {
      variables: { username: user.username, password: userPassword },
      headers: { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' },
    });
    expect({ status, reason }).toEqual({ status: 403, reason: 'CROSS_SITE' });
    expect(headers.getSetCookie()).toEqual([]);
  });

  it('is refused over a WebSocket, which cannot set a cookie', async () => {
    const socket = openTestSocket(server.url, { headers: { origin: server.url } });
    const variables = { username: user.username, password: userPassword };
    await expect(socket.subscribe(startMutation, variables).ended).resolves.toMatchObject([
      { extensions: { code: 'BAD_USER_INPUT' } },
    ]);
    await socket.close();
  });
});

describe('a browser session', () => {
  it('is that of its user, and sets no cookie while it is used', async () => {
    const cookie = await logIn();
    const { data, headers } = await me(cookie);
    expect(data).toEqual({ me: { username: user.username } });
    expect(headers.getSetCookie()).toEqual([]);
  });

  it('is not used where the request has an Authorization header', async () => {
    const cookie = await logIn();
    const other = await server.aUser('MANAGER');
    const asOther = await asPage('{ me { username } }', cookie, { token: other.accessToken });
    expect(asOther.data).toEqual({ me: { username: other.username } });
    const broken = await asPage('{ me { username } }', cookie, { token: 'a.b.c' });
    expect(broken.status).toBe(401);
  });

  it.each([
    { what: 'malformed', cookie: 'gatehouse-dev=short', reason: 'TOKEN_MALFORMED' },
    { what: 'empty', cookie: 'gatehouse-dev=', reason: 'TOKEN_MALFORMED' },
    { what: 'unknown', cookie: `gatehouse-dev=${'b'.repeat(42)}A`, reason: 'TOKEN_REVOKED' },
  ])('does not exist for a cookie that is $what', async ({ cookie, reason }) => {
    expect(await outcomeOf(cookie)).toBe(reason);
  });

  it('is not used where the request has two of its cookies, in any order', async () => {
    const [own, other] = [await logIn(), await logIn((await server.aUser()).username)];
    for (const cookies of [`${own}; ${other}`, `${other}; a=b;${own}`, `${own}; ${own}`]) {
      expect(await outcomeOf(cookies)).toBe('TOKEN_MALFORMED');
    }
    expect(await outcomeOf(own)).toBe(200);
  });

  it('ends at logout, which expires the cookie', async () => {
    const cookie = await logIn();
    const { data, headers } = await asPage('mutation { logout }', cookie);
    expect(data).toEqual({ logout: true });
    expect(headers.getSetCookie()).toEqual([
      'gatehouse-dev=; Max-Age=0; Path=/; HttpOnly; SameSite=Strict',
    ]);
    expect(await outcomeOf(cookie)).toBe('TOKEN_REVOKED');
  });

  it('ends by logoutEverywhere and by endSession, which expire the cookie if it is this one', async () => {
    const [first, second] = [await logIn(), await logIn()];
    const { data } = await asPage('{ me { sessions { id current } } }', first);
    const other = data.me.sessions.find(({ current }: { current: boolean }) => !current);
    const end = 'mutation ($id: ID!) { endSession(id: $id) }';
    const ended = await asPage(end, first, { variables: { id: other.id } });
    expect([ended.data, ended.headers.getSetCookie()]).toEqual([{ endSession: true }, []]);
    const everywhere = await asPage('mutation { logoutEverywhere }', first);
    expect(everywhere.headers.getSetCookie()).toHaveLength(1);
    expect([await outcomeOf(first), await outcomeOf(second)]).toEqual([
      'TOKEN_REVOKED',
      'TOKEN_REVOKED',
    ]);
    const third = await logIn();
    const own = await asPage('{ me { sessions { id current } } }', third);
    const { id } = own.data.me.sessions.find(({ current }: { current: boolean }) => current);
    const last = await asPage(end, third, { variables: { id } });
    expect(last.headers.getSetCookie()).toHaveLength(1);
  });

  it('does not lose its cookie when a token in the same request logs out', async () => {
    const cookie = await logIn();
    const { headers } = await asPage('mutation { logout }', cookie, { token: user.accessToken });
    expect(headers.getSetCookie()).toEqual([]);
    expect(await outcomeOf(cookie)).toBe(200);
  });

  it('ends at once when its user is disabled', async () => {
    const cookie = await logIn();
    const variables = { id: user.id };
    const token = server.admin.accessToken;
    const disable = 'mutation ($id: ID!) { disableUser(id: $id) { id } }';
    expect((await server.ask(disable, { token, variables })).status).toBe(200);
    expect(await outcomeOf(cookie)).toBe('TOKEN_REVOKED');
  });

  it('has no refresh token', async () => {
    const [, refreshToken] = (await logIn()).split('=');
    const { reason } = await server.ask(
      'mutation ($refreshToken: String!) { refresh(refreshToken: $refreshToken) { tokenType } }',
      { variables: { refreshToken } },
    );
    expect(reason).toBe('TOKEN_MALFORMED');
  });

  it('continues with another cookie after a change of password', async () => {
    const cookie = await logIn();
    const change = (fields: string) =>
      asPage(
        `mutation ($current: String!, $next: String!) {
          changePassword(currentPassword: $current, newPassword: $next) { ${fields} }
        }`,
        cookie,
        { variables: { current: userPassword, next: 'cobalt-ferry-31-lantern' } },
      );
    const withTokens = await change('user { id } ... { token: accessToken }');
    expect([withTokens.status, withTokens.code]).toEqual([400, 'BAD_USER_INPUT']);
    expect(await outcomeOf(cookie)).toBe(200);
    const { data, headers } = await change('user { username } accessToken @skip(if: true)');
    expect(data).toEqual({ changePassword: { user: { username: user.username } } });
    const [next = ''] = headers.getSetCookie().map((each) => each.split(';')[0] ?? '');
    expect([await outcomeOf(cookie), await outcomeOf(next)]).toEqual(['TOKEN_REVOKED', 200]);
  });

  it('may be forwarded by a server that renders pages: 1,000 pages, no new cookie', async () => {
    const cookie = await logIn();
    const render = () =>
      server.ask('{ me { username } }', { headers: { cookie, 'apollo-require-preflight': '1' } });
    for (let page = 0; page < 1000; page += 50) {
      const answers = await Promise.all(Array.from({ length: 50 }, render));
      for (const { status, headers } of answers) {
        expect([status, headers.getSetCookie()]).toEqual([200, []]);
      }
    }
  });

  it('stays while it is used, and ends when it was idle for too long', async () => {
    const cookie = await logIn();
    const day = 24 * 60 * 60 * 1000;
    try {
      for (let days = 6; days <= 24; days += 6) {
        clockOffsetMs = days * day;
        expect(await outcomeOf(cookie), `day ${days}`).toBe(200);
        const recorded = async () =>
          (await asPage('{ me { sessions { lastUsedAt } } }', cookie)).data.me.sessions[0]
            .lastUsedAt;
        await expect
          .poll(async () => Date.parse(await recorded()))
          .toBeGreaterThan(Date.now() + clockOffsetMs - day);
      }
      clockOffsetMs = 31 * day + 1000;
      expect(await outcomeOf(cookie)).toBe('TOKEN_REVOKED');
      const idle = await logIn();
      clockOffsetMs += 7 * day + 1000;
      expect(await outcomeOf(idle)).toBe('TOKEN_REVOKED');
    } finally {
      clockOffsetMs = 0;
    }
  });
});

describe('the socket of a browser session', () => {
  const open = (headers: Record<string, string>, connectionParams?: Record<string, unknown>) =>
    openTestSocket(server.url, { headers, ...(connectionParams ? { connectionParams } : {}) });
  const whoIs = async (socket: ReturnType<typeof openTestSocket>) => {
    const subscription = socket.subscribe('{ me { username } }');
    const { data } = await subscription.result();
    return Object(data).me.username;
  };

  it('is that of its user', async () => {
    const socket = open({ origin: server.url, cookie: await logIn() });
    expect(await whoIs(socket)).toBe(user.username);
    await socket.close();
  });

  it('uses a token alone, if it has one', async () => {
    const other = await server.aUser();
    const authorization = `Bearer ${other.accessToken}`;
    const socket = open({ origin: server.url, cookie: await logIn() }, { authorization });
    expect(await whoIs(socket)).toBe(other.username);
    await socket.close();
  });

  it('is refused to other origins, and without an origin', async () => {
    const cookie = await logIn();
    for (const headers of [{ cookie }, { cookie, origin: 'https://evil.example' }]) {
      await expect(open(headers).connected).rejects.toThrow();
    }
  });

  it('closes when the session ends', async () => {
    const cookie = await logIn();
    const socket = open({ origin: server.url, cookie });
    expect(await whoIs(socket)).toBe(user.username);
    await asPage('mutation { logout }', cookie);
    expect(await socket.ended).toMatchObject({ code: 4401, reason: 'TOKEN_REVOKED' });
  });
});
