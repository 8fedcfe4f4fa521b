import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { AskOptions } from '../support/ask.ts';
import type { TestServer, TestUser } from '../support/test-server.ts';
import { startTestServer, userPassword } from '../support/test-server.ts';

let server: TestServer;
let user: TestUser;
beforeAll(async () => {
  server = await startTestServer({ environment: { MAX_SESSIONS_PER_USER: '2' } });
});
afterAll(() => server.stop());
beforeEach(async () => {
  user = await server.aUser('STAFF');
});

const asPage = (query: string, cookie?: string, options: AskOptions = {}) =>
  server.ask(query, {
    ...options,
    headers: {
      origin: server.url,
      'sec-fetch-site': 'same-origin',
      ...(cookie === undefined ? {} : { cookie }),
    },
  });

interface Start {
  readonly by?: TestUser;
  readonly cookie?: string;
  readonly token?: string;
}

const start = ({ by = user, cookie, token }: Start = {}) =>
  asPage(
    `mutation ($username: String!, $password: String!) {
      startSession(username: $username, password: $password) { groups } }`,
    cookie,
    {
      variables: { username: by.username, password: userPassword },
      ...(token === undefined ? {} : { token }),
    },
  );

/** Logs in, and returns the browser's cookie: its name and its value. */
async function logIn(options: Start = {}): Promise<string> {
  const { status, headers } = await start(options);
  expect(status).toBe(200);
  const [cookie = ''] = headers.getSetCookie().map((each) => each.split(';')[0] ?? '');
  return cookie;
}

const whoIs = async (cookie: string) => {
  const { reason, data } = await asPage('{ me { username } }', cookie);
  return reason ?? data.me.username;
};
const deviceOf = async ({ accessToken }: TestUser) => {
  const { reason, data } = await server.ask('{ me { username } }', { token: accessToken });
  return reason ?? data.me.username;
};

const liveSessionsOf = ({ id }: TestUser) =>
  server.connection.database.session.findMany({
    where: { userId: id, endedAt: null },
    select: { id: true },
    orderBy: { id: 'asc' },
  });

const endedEvents = () =>
  server.connection.database.auditEvent.findMany({
    where: { action: 'session.ended', actorId: user.id },
    select: { subjectId: true, ip: true, detail: true },
  });

/** The newest session of the user, which is that of the cookie. */
async function newestSessionOf(one: TestUser): Promise<string> {
  const newest = (await liveSessionsOf(one)).at(-1);
  if (newest === undefined) throw new Error('The user has no session.');
  return newest.id;
}

/** Runs statements in the database at an event of a table, as its owner, until the test has finished. */
async function runAt(event: string, body: string): Promise<void> {
  const { database } = server.owner;
  await database.$executeRawUnsafe(`CREATE FUNCTION gatehouse.test_step() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN ${body}; RETURN NEW; END $$`);
  await database.$executeRawUnsafe(`CREATE TRIGGER test_step BEFORE ${event}
    FOR EACH ROW EXECUTE FUNCTION gatehouse.test_step()`);
  onTestFinished(async () => {
    await database.$executeRawUnsafe('DROP FUNCTION gatehouse.test_step() CASCADE');
  });
}

describe('a log-in that replaces a cookie', () => {
  it('takes the place of the session that it ends, so no other device loses its own', async () => {
    const first = await logIn();
    const replaced = await newestSessionOf(user);
    const second = await logIn({ cookie: first });
    expect(await deviceOf(user)).toBe(user.username);
    expect([await whoIs(first), await whoIs(second)]).toEqual(['TOKEN_REVOKED', user.username]);
    expect(await endedEvents()).toEqual([
      { subjectId: replaced, ip: '127.0.0.1', detail: `of user ${user.id}` },
    ]);
  });

  it('names the user of the replaced session as the one who ended it', async () => {
    const other = await server.aUser('MANAGER');
    const first = await logIn();
    const replaced = await newestSessionOf(user);
    const second = await logIn({ by: other, cookie: first });
    expect([await whoIs(first), await whoIs(second)]).toEqual(['TOKEN_REVOKED', other.username]);
    expect(await endedEvents()).toMatchObject([{ subjectId: replaced }]);
  });

  it('ends the session of the cookie also when a token makes the request', async () => {
    const other = await server.aUser('MANAGER');
    const first = await logIn();
    const replaced = await newestSessionOf(user);
    const second = await logIn({ by: other, cookie: first, token: other.accessToken });
    expect([await whoIs(first), await whoIs(second)]).toEqual(['TOKEN_REVOKED', other.username]);
    expect([await deviceOf(user), await deviceOf(other)]).toEqual([user.username, other.username]);
    expect(await endedEvents()).toMatchObject([{ subjectId: replaced }]);
  });

  it('ends no session for two cookies beside a token, of which one may be planted', async () => {
    const other = await server.aUser('MANAGER');
    const [first, second] = [await logIn(), await logIn({ by: other })];
    const cookie = `${first}; ${second}`;
    await logIn({ by: await server.aUser(), cookie, token: user.accessToken });
    expect([await whoIs(first), await whoIs(second)]).toEqual([user.username, other.username]);
  });

  it.each([
    { what: 'has ended', body: 'UPDATE gatehouse.sessions SET ended_at = now()' },
    { what: 'was removed', body: 'DELETE FROM gatehouse.sessions' },
  ])('succeeds when the session $what since the request began', async ({ body }) => {
    const other = await server.aUser('MANAGER');
    const first = await logIn();
    // Failed log-ins are counted after the viewer was read, and before the session opens.
    await runAt('INSERT ON gatehouse.rate_limits', `${body} WHERE user_id = '${user.id}'`);
    const second = await logIn({ by: other, cookie: first });
    expect([await whoIs(first), await whoIs(second)]).toEqual(['TOKEN_REVOKED', other.username]);
    expect(await endedEvents()).toEqual([]);
  });

  it('opens no session when the replaced one cannot end', async () => {
    const other = await server.aUser('MANAGER');
    const first = await logIn();
    const before = await liveSessionsOf(other);
    const replaced = await newestSessionOf(user);
    await runAt(
      'UPDATE OF ended_at ON gatehouse.sessions',
      `IF OLD.id = '${replaced}' THEN RAISE EXCEPTION USING ERRCODE = 'cannot_connect_now'; END IF`,
    );
    const { status, headers } = await start({ by: other, cookie: first });
    expect([status, headers.getSetCookie()]).toEqual([503, []]);
    expect(await liveSessionsOf(other)).toEqual(before);
    expect(await whoIs(first)).toBe(user.username);
  });

  it('succeeds in two browsers that exchange their users at the same time', async () => {
    const other = await server.aUser('MANAGER');
    let cookies = [await logIn(), await logIn({ by: other })];
    let users = [user, other];
    for (let round = 0; round < 5; round += 1) {
      users = users.toReversed();
      const before = cookies;
      cookies = await Promise.all(
        before.map((cookie, index) => logIn({ cookie, by: users[index] ?? user })),
      );
      const names = users.map(({ username }) => username);
      expect(await Promise.all(cookies.map(whoIs))).toEqual(names);
      expect(await Promise.all(before.map(whoIs))).toEqual(['TOKEN_REVOKED', 'TOKEN_REVOKED']);
    }
  });
});
