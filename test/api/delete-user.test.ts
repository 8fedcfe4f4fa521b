import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
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

const remove = (id: string, by: TestUser = server.admin): Promise<Answer> =>
  server.ask('mutation ($id: ID!) { deleteUser(id: $id) }', {
    token: by.accessToken,
    variables: { id },
  });
const isThere = async (id: string) =>
  (await server.connection.database.user.count({ where: { id } })) === 1;

describe('deleteUser', () => {
  it('removes the user with all that is the user’s alone, and ends every session', async () => {
    const other = await server.logIn(user.username, userPassword);
    const { status, data } = await remove(user.id.toUpperCase());
    expect({ status, data }).toEqual({ status: 200, data: { deleteUser: user.id } });
    for (const { accessToken: token, refreshToken } of [user, other]) {
      expect((await server.ask('{ me { id } }', { token })).reason).toBe('TOKEN_REVOKED');
      const refresh = `mutation { refresh(refreshToken: "${refreshToken}") { tokenType } }`;
      expect((await server.ask(refresh)).status).toBe(401);
    }
    await expect(server.logIn(user.username, userPassword)).rejects.toThrow('401');
    const { membership } = server.connection.database;
    const where = { userId: user.id };
    expect([await membership.count({ where }), await isThere(user.id)]).toEqual([0, false]);
  });

  it('keeps the audit log, and the memberships that the user granted', async () => {
    const boss = await server.aUser('ADMIN');
    const grant = `mutation { grantGroup(userId: "${user.id}", group: AUDITOR) { id } }`;
    expect((await server.ask(grant, { token: boss.accessToken })).status).toBe(200);
    expect((await remove(boss.id)).status).toBe(200);

    const events = await server.connection.database.auditEvent.findMany({
      where: { OR: [{ subjectId: boss.id }, { actorId: boss.id }] },
      orderBy: { id: 'asc' },
    });
    expect(events.map(({ action }) => action)).toEqual([
      'user.created',
      'login.succeeded',
      'membership.granted',
      'user.deleted',
    ]);
    expect(events.at(-1)).toMatchObject({ actorId: server.admin.id, detail: boss.username });
    const query = '{ me { memberships { group grantedBy { id } } } }';
    const { data } = await server.ask(query, { token: user.accessToken });
    expect(data.me.memberships).toEqual([
      { group: 'AUDITOR', grantedBy: null },
      { group: 'STAFF', grantedBy: { id: server.admin.id } },
    ]);
  });

  it('writes to none of the memberships that the user has granted', async () => {
    const boss = await server.aUser('ADMIN');
    const { database } = server.connection;
    await database.$executeRaw`
      UPDATE gatehouse.memberships SET granted_by_id = ${boss.id}::uuid WHERE user_id <> ${boss.id}::uuid`;
    const writers = () => database.$queryRaw`
      SELECT DISTINCT xmin::text FROM gatehouse.memberships WHERE user_id <> ${boss.id}::uuid`;
    const before = await writers();
    expect((await remove(boss.id)).status).toBe(200);
    expect(await writers()).toEqual(before);
    const query = '{ me { memberships { grantedBy { id } } } }';
    const { data } = await server.ask(query, { token: user.accessToken });
    expect(data.me.memberships).toEqual([{ grantedBy: null }]);
  });

  it('frees the username for another user', async () => {
    await remove(user.id);
    const input = { username: user.username, password: userPassword };
    const { data } = await server.ask(
      'mutation ($input: CreateUserInput!) { createUser(input: $input) { id } }',
      { token: server.admin.accessToken, variables: { input } },
    );
    expect(data.createUser.id).not.toBe(user.id);
  });

  it('never removes the last active ADMIN, and one of two may go', async () => {
    const { status, code, reason, body } = await remove(server.admin.id);
    expect({ status, code, reason }).toEqual({
      status: 409,
      code: 'CONFLICT',
      reason: 'LAST_ADMIN',
    });
    expect(body).not.toHaveProperty('data');
    expect(await isThere(server.admin.id)).toBe(true);
    const other = await server.aUser('ADMIN');
    expect((await remove(other.id, other)).status).toBe(200);
    const me = await server.ask('{ me { id } }', { token: other.accessToken });
    expect(me.reason).toBe('TOKEN_REVOKED');
  });

  it('leaves one of two admins who remove each other at once, in each of five rounds', async () => {
    const created: TestUser[] = [];
    for (let round = 0; round < 5; round += 1) {
      const [one, two] = [await server.aUser('ADMIN'), await server.aUser('ADMIN')];
      created.push(one, two);
      const answers = await Promise.all([remove(two.id, one), remove(one.id, two)]);
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 401]);
      expect(answers.find(({ status }) => status === 401)?.reason).toBe('TOKEN_REVOKED');
      expect(await Promise.all([one, two].map(({ id }) => isThere(id)))).toContain(true);
    }
  });

  it('is NOT_FOUND where there is no user, and refused to all but an ADMIN', async () => {
    for (const id of ['00000000-0000-7000-8000-000000000000', '1', '\ud800']) {
      const { status, errors } = await remove(id);
      expect(status).toBe(404);
      expect(errors[0].extensions).toEqual({ code: 'NOT_FOUND', argument: 'id' });
    }
    const manager = await server.aUser('MANAGER', 'AUDITOR', 'STAFF');
    expect((await remove(user.id, manager)).status).toBe(403);
    expect((await remove(user.id, user)).status).toBe(403);
    expect(await isThere(user.id)).toBe(true);
  });

  it('is a conflict where a foreign key forbids it, which the log names with its table', async () => {
    const { database } = server.owner;
    await database.$executeRaw`
      CREATE TABLE public.invoices (id INT PRIMARY KEY, customer UUID REFERENCES gatehouse.users (id))`;
    await database.$executeRaw`INSERT INTO public.invoices VALUES (1, ${user.id}::uuid)`;
    const { status, errors } = await remove(user.id);
    expect(status).toBe(409);
    expect(errors).toMatchObject([
      {
        message: 'Other records still refer to this record.',
        extensions: { code: 'CONFLICT', reason: 'STILL_REFERENCED' },
      },
    ]);
    expect(JSON.stringify(errors)).not.toMatch(/invoices|customer/);
    const logged = server.logLines.filter((line) =>
      line.includes('rejected for a reason of the data'),
    );
    expect(logged).toEqual([
      expect.stringContaining(
        'Rows of the table invoices refer to it, by the constraint invoices_customer_fkey.',
      ),
    ]);
    expect(await isThere(user.id)).toBe(true);
    await database.$executeRaw`DROP TABLE public.invoices`;
    expect((await remove(user.id)).status).toBe(200);
  });

  it('removes a user once of ten times at once', async () => {
    const answers = await Promise.all(Array.from({ length: 10 }, () => remove(user.id)));
    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses).toEqual([200, ...Array.from({ length: 9 }, () => 404)]);
  });
});
