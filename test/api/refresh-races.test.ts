import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { claimsOf } from '../support/claims.ts';
import { timesOf } from '../support/sample.ts';
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

const mutation = `mutation ($refreshToken: String!) {
  refresh(refreshToken: $refreshToken) { accessToken refreshToken }
}`;
const refresh = (refreshToken: string): Promise<Answer> =>
  server.ask(mutation, { variables: { refreshToken } });
const times = <Result>(count: number, work: (n: number) => Result): Result[] =>
  Array.from({ length: count }, (_, n) => work(n));

/** What the database holds of a session. */
async function stateOf({ accessToken }: TestUser) {
  const { sid: id } = claimsOf(accessToken);
  const { database } = server.connection;
  const session = await database.session.findUniqueOrThrow({ where: { id } });
  const user = await database.user.findUnique({ where: { id: session.userId } });
  const isEnded = session.endedAt !== null || session.epoch !== user?.sessionEpoch;
  return { isEnded, generation: session.refreshGeneration };
}

/** How many refreshes of a session are in the audit log. */
async function countEvents({ accessToken }: TestUser): Promise<number> {
  const { sid: subjectId } = claimsOf(accessToken);
  const where = { action: 'session.refreshed', subjectId };
  return server.connection.database.auditEvent.count({ where });
}

describe('twenty uses of one token at once', () => {
  it('get one successor, round after round', async () => {
    let { refreshToken } = user;
    for (let round = 1; round <= timesOf(5, 2); round += 1) {
      const answers = await Promise.all(times(20, () => refresh(refreshToken)));
      expect(answers.map(({ status }) => status)).toEqual(times(20, () => 200));
      const successors = new Set(answers.map(({ data }) => data.refresh.refreshToken));
      expect(successors.size).toBe(1);
      [refreshToken = ''] = successors;
      expect(await stateOf(user)).toEqual({ isEnded: false, generation: round });
      expect(await countEvents(user)).toBe(round);
    }
  });

  it('end the session where there is no grace, and of them one at most gets a successor', async () => {
    const strict = await startTestServer({ environment: { REFRESH_GRACE_SECONDS: '0' } });
    try {
      const one = await strict.aUser('STAFF');
      const variables = { refreshToken: one.refreshToken };
      const answers = await Promise.all(times(20, () => strict.ask(mutation, { variables })));
      const statuses = answers.map(({ status }) => status).sort();
      expect(statuses).toEqual([200, ...times(19, () => 401)]);
      const me = await strict.ask('{ me { id } }', { token: one.accessToken });
      expect(me.reason).toBe('TOKEN_REVOKED');
    } finally {
      await strict.stop();
    }
  });
});

describe('a refresh that races with an end of the session', () => {
  it.each([
    ['logout', () => 'logout'],
    ['logoutEverywhere', () => 'logoutEverywhere'],
    ['endSession', ({ accessToken }: TestUser) => `endSession(id: "${claimsOf(accessToken).sid}")`],
    ['disableUser', ({ id }: TestUser) => `disableUser(id: "${id}") { id }`, 'admin'],
    ['deleteUser', ({ id }: TestUser) => `deleteUser(id: "${id}")`, 'admin'],
    [
      'resetPassword',
      ({ id }: TestUser) =>
        `resetPassword(userId: "${id}", newPassword: "cobalt-ferry-31-lantern") { id }`,
      'admin',
    ],
  ])('never brings it back: %s, in each round', async (_what, field, by = 'own') => {
    for (let round = 0; round < timesOf(6, 2); round += 1) {
      const one = await server.aUser('STAFF');
      const { accessToken: token } = by === 'own' ? one : server.admin;
      const [ended, ...answers] = await Promise.all([
        server.ask(`mutation { ${field(one)} }`, { token }),
        ...times(4, () => refresh(one.refreshToken)),
      ]);
      expect(ended.status, ended.text).toBe(200);
      for (const { status, data, reason } of answers) {
        if (status === 200) {
          const { accessToken, refreshToken } = data.refresh;
          expect((await server.ask('{ me { id } }', { token: accessToken })).status).toBe(401);
          expect((await refresh(refreshToken)).status).toBe(401);
        } else {
          expect(status).toBe(401);
          expect(['TOKEN_REVOKED', 'TOKEN_INVALID']).toContain(reason);
        }
      }
    }
  });

  it('never opens one of two doors: changePassword leaves its own token and no other', async () => {
    for (let round = 0; round < timesOf(4, 2); round += 1) {
      const one = await server.aUser('STAFF');
      const other = await server.logIn(one.username, userPassword);
      const change = `mutation { changePassword(currentPassword: "${userPassword}",
        newPassword: "cobalt-ferry-31-lantern") { accessToken refreshToken } }`;
      const [changed, own, others] = await Promise.all([
        server.ask(change, { token: one.accessToken }),
        refresh(one.refreshToken),
        refresh(other.refreshToken),
      ]);
      expect(changed.status, changed.text).toBe(200);
      for (const { status, data } of [own, others]) {
        if (status === 200) expect((await refresh(data.refresh.refreshToken)).status).toBe(401);
        else expect(status).toBe(401);
      }
      expect(await stateOf(one)).toEqual({ isEnded: false, generation: 0 });
      expect(await countEvents(one)).toBe(own.status === 200 ? 1 : 0);
      expect((await stateOf(other)).isEnded).toBe(true);
      expect((await refresh(changed.data.changePassword.refreshToken)).status).toBe(200);
    }
  });
});
