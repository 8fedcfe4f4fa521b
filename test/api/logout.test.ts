import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { claimsOf } from '../support/claims.ts';
import type { Answer, TestServer, TestUser } from '../support/test-server.ts';
import { startTestServer, userPassword } from '../support/test-server.ts';

let server: TestServer;
let user: TestUser;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());
beforeEach(async () => {
  user = await server.aUser('STAFF');
});

const again = (): Promise<TestUser> => server.logIn(user.username, userPassword);
const ask = ({ accessToken: token }: Pick<TestUser, 'accessToken'>, query: string) =>
  server.ask(query, { token });
const refresh = ({ refreshToken }: TestUser): Promise<Answer> =>
  server.ask(`mutation { refresh(refreshToken: "${refreshToken}") { tokenType } }`);
const sessionOf = ({ accessToken }: TestUser): string => claimsOf(accessToken).sid;
const endSession = (by: TestUser, id: string): Promise<Answer> =>
  server.ask('mutation ($id: ID!) { endSession(id: $id) }', {
    token: by.accessToken,
    variables: { id },
  });

async function expectDead(who: TestUser): Promise<void> {
  const { status, reason } = await ask(who, '{ me { id } }');
  expect({ status, reason }).toEqual({ status: 401, reason: 'TOKEN_REVOKED' });
  const refreshed = await refresh(who);
  expect({ status: refreshed.status, reason: refreshed.reason }).toEqual({
    status: 401,
    reason: 'TOKEN_REVOKED',
  });
}

async function expectAlive(who: TestUser): Promise<void> {
  expect((await ask(who, '{ me { id } }')).data.me.id).toBe(who.id);
}

async function eventsOn(subjectId: string) {
  return server.connection.database.auditEvent.findMany({
    where: { subjectId, action: { startsWith: 'session.' } },
    orderBy: { id: 'asc' },
    select: { action: true, actorId: true, detail: true, ip: true },
  });
}

describe('logout', () => {
  it('ends this session when it answers, and no other', async () => {
    const other = await again();
    expect((await ask(user, 'mutation { logout }')).data).toEqual({ logout: true });
    await expectDead(user);
    await expectAlive(other);
    expect(await eventsOn(sessionOf(user))).toEqual([
      {
        action: 'session.ended',
        actorId: user.id,
        detail: `of user ${user.id}`,
        ip: '127.0.0.1',
      },
    ]);
  });

  it('is 401 the second time, and changes nothing', async () => {
    await ask(user, 'mutation { logout }');
    const { status, reason, body } = await ask(user, 'mutation { logout }');
    expect({ status, reason }).toEqual({ status: 401, reason: 'TOKEN_REVOKED' });
    expect(body).not.toHaveProperty('data');
    expect(await eventsOn(sessionOf(user))).toHaveLength(1);
  });

  it('is done by one of ten concurrent requests, and confirmed to that one', async () => {
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => ask(user, 'mutation { logout }')),
    );
    const done = answers.filter(({ status }) => status === 200);
    expect(done).toHaveLength(1);
    for (const { status, reason, body } of answers.filter((each) => !done.includes(each))) {
      expect({ status, reason }).toEqual({ status: 401, reason: 'TOKEN_REVOKED' });
      expect(body).not.toHaveProperty('data');
    }
    expect(await eventsOn(sessionOf(user))).toHaveLength(1);
  });

  it('is refused to anonymous viewers', async () => {
    for (const field of ['logout', 'logoutEverywhere']) {
      expect((await server.ask(`mutation { ${field} }`)).reason).toBe('TOKEN_MISSING');
    }
  });

  it('is nothing for a program, which has no session', async () => {
    const { data } = await ask(
      server.admin,
      'mutation { createApiClient(name: "c", groups: [ADMIN]) { secret } }',
    );
    const client = { accessToken: data.createApiClient.secret };
    const change = `changePassword(currentPassword: "${userPassword}",
      newPassword: "cobalt-ferry-31-lantern") { tokenType }`;
    for (const field of ['logout', 'logoutEverywhere', change]) {
      const { status, reason } = await ask(client, `mutation { ${field} }`);
      expect({ status, reason }, field).toEqual({ status: 403, reason: 'POLICY_DENIED' });
    }
    expect((await ask(client, '{ viewer { groups } }')).status).toBe(200);
  });
});

describe('logoutEverywhere', () => {
  it('ends every session of the viewer, also this one, and returns how many there were', async () => {
    const others = [await again(), await again(), await again()];
    await ask(others[0] ?? user, 'mutation { logout }');
    const stranger = await server.aUser('STAFF');
    const { data } = await ask(user, 'mutation { logoutEverywhere }');
    expect(data).toEqual({ logoutEverywhere: 3 });
    for (const each of [user, ...others]) await expectDead(each);
    await expectAlive(stranger);
    expect(await eventsOn(user.id)).toEqual([
      {
        action: 'session.all_ended',
        actorId: user.id,
        detail: '3 sessions ended',
        ip: '127.0.0.1',
      },
    ]);
  });

  it('lets the user log in again', async () => {
    await ask(user, 'mutation { logoutEverywhere }');
    await expectAlive(await again());
  });

  it('leaves no session of those that are opened at the same time half alive', async () => {
    const [ended, ...opened] = await Promise.all([
      ask(user, 'mutation { logoutEverywhere }'),
      ...Array.from({ length: 4 }, again),
    ]);
    expect(ended?.status).toBe(200);
    for (const each of opened) {
      const used = await ask(each, '{ me { id } }');
      expect((await refresh(each)).status).toBe(used.status);
    }
  });
});

describe('endSession', () => {
  it('ends another session of its owner, or this one', async () => {
    const other = await again();
    expect((await endSession(user, sessionOf(other))).data).toEqual({ endSession: true });
    await expectDead(other);
    await expectAlive(user);
    expect((await endSession(user, sessionOf(user))).data).toEqual({ endSession: true });
    await expectDead(user);
  });

  it('takes the id in capitals too', async () => {
    const other = await again();
    const { data } = await endSession(user, sessionOf(other).toUpperCase());
    expect(data).toEqual({ endSession: true });
    await expectDead(other);
  });

  it('says false of a session that had ended', async () => {
    const other = await again();
    await endSession(user, sessionOf(other));
    expect((await endSession(user, sessionOf(other))).data).toEqual({ endSession: false });
    expect(await eventsOn(sessionOf(other))).toHaveLength(1);
  });

  it('lets an ADMIN end the session of anyone', async () => {
    expect((await endSession(server.admin, sessionOf(user))).data).toEqual({ endSession: true });
    await expectDead(user);
    expect(await eventsOn(sessionOf(user))).toMatchObject([
      { action: 'session.ended', actorId: server.admin.id, detail: `of user ${user.id}` },
    ]);
  });

  const missing = '00000000-0000-7000-8000-000000000000';
  it("gives one answer for another's session and for one that is not there", async () => {
    const stranger = await server.aUser('AUDITOR');
    const telling = ({ status, headers, text }: Answer) => ({
      status,
      challenge: headers.get('www-authenticate'),
      text,
    });
    const answers = [];
    for (const id of [sessionOf(stranger), missing, '1', '', '\0', "' OR '1'='1"]) {
      answers.push(telling(await endSession(user, id)));
    }
    expect(answers[0]?.status).toBe(403);
    expect(new Set(answers.map((each) => JSON.stringify(each))).size).toBe(1);
    await expectAlive(stranger);
  });

  it('is NOT_FOUND to an ADMIN where there is no session', async () => {
    for (const id of [missing, '1', '\ud800']) {
      const { status, errors, body } = await endSession(server.admin, id);
      expect(status).toBe(404);
      expect(errors[0].extensions).toEqual({ code: 'NOT_FOUND', argument: 'id' });
      expect(body).not.toHaveProperty('data');
    }
  });
});
