import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Answer, TestServer, TestUser } from '../support/test-server.ts';
import { adminPassword, startTestServer, userPassword } from '../support/test-server.ts';

const databaseWords = /prisma|sql|pglite|postgres|relation|constraint|column ["`\\]|_gone|stack/i;
const secret = 'slate-meadow-77-copper';

let server: TestServer;
let manager: TestUser;
beforeAll(async () => {
  server = await startTestServer();
  manager = await server.aUser('MANAGER');
});
afterAll(() => server.stop());

/** Takes a table away while `work` runs. */
async function without(table: string, work: () => Promise<Answer>): Promise<Answer> {
  const { database } = server.owner;
  const schema = table.startsWith('room') ? 'public' : 'gatehouse';
  await database.$executeRawUnsafe(`ALTER TABLE ${schema}.${table} RENAME TO ${table}_gone`);
  try {
    return await work();
  } finally {
    await database.$executeRawUnsafe(`ALTER TABLE ${schema}.${table}_gone RENAME TO ${table}`);
  }
}

const createUser = (username: string) =>
  server.ask('mutation ($input: CreateUserInput!) { createUser(input: $input) { id } }', {
    token: server.admin.accessToken,
    variables: { input: { username, password: secret, email: 'eve@example.org' } },
  });
const rooms = () =>
  server.ask('query Named { rooms { edges { cursor } } }', { token: manager.accessToken });

const linesOf = (answer: Answer): string[] => {
  const id = answer.headers.get('x-request-id') ?? 'none';
  return server.logLines.filter((line) => line.includes(id) && !line.includes('"msg":"operation"'));
};

describe('an unexpected error', () => {
  it.each([
    { what: 'in a resolver', table: 'rooms', work: rooms },
    { what: 'in a transaction', table: 'memberships', work: () => createUser('eve') },
    { what: 'while the viewer is looked up', table: 'sessions', work: rooms },
    {
      what: 'in a login',
      table: 'users',
      work: () =>
        server.ask(`mutation {
        login(username: "admin", password: "${adminPassword}") { accessToken } }`),
    },
  ])('$what is a 500 without details, and is in the log under its id', async ({ table, work }) => {
    const answer = await without(table, work);
    expect(answer.status).toBe(500);
    expect(answer.data ?? null).toBeNull();
    expect(answer.code).toBe('INTERNAL_SERVER_ERROR');
    expect(answer.text).not.toMatch(databaseWords);
    expect(Object.keys(answer.errors[0].extensions)).toEqual(['code']);
    const [line = '{}'] = linesOf(answer);
    expect(JSON.parse(line)).toMatchObject({ level: 50, err: { stack: expect.any(String) } });
  });

  it('in a policy is a refusal, and is in the log under its id too', async () => {
    const query = `mutation { enterRoom(id: "00000000-0000-7000-8000-000000000000") { id } }`;
    const answer = await without('rooms', () => server.ask(query, { token: manager.accessToken }));
    expect({ status: answer.status, reason: answer.reason }).toEqual({
      status: 403,
      reason: 'POLICY_DENIED',
    });
    expect(answer.text).not.toMatch(databaseWords);
    expect(linesOf(answer)).toHaveLength(1);
  });

  it('does not end the server', async () => {
    await without('rooms', rooms);
    expect((await rooms()).status).toBe(200);
    expect((await createUser('eve')).status).toBe(200);
  });

  it('names its operation in the log', async () => {
    const [line = '{}'] = linesOf(await without('rooms', rooms));
    expect(JSON.parse(line)).toMatchObject({ operationName: 'Named', path: ['rooms'] });
  });

  it('beside a good field takes nothing from it', async () => {
    const { status, data, errors } = await without('room_entries', () =>
      server.ask('{ me { id } room(id: "1") { id } serverInfo { name } }', {
        token: manager.accessToken,
      }),
    );
    expect({ status, errors }).toEqual({ status: 200, errors: [] });
    expect(data.me.id).toBe(manager.id);
  });
});

describe('the log', () => {
  it('holds no password, token, hash or e-mail after all of this', async () => {
    await without('users', () => createUser('mallory'));
    await server.ask('{ me { id } }', { token: 'abc.def.ghi' });
    await server.ask(
      'mutation ($p: String!) { login(username: "admin", password: $p) { tokenType } }',
      {
        variables: { p: { wrong: secret } },
      },
    );
    const text = server.logLines.join('\n');
    expect(text.length).toBeGreaterThan(1_000);
    const parts = [server.admin, manager].flatMap(({ accessToken }) => accessToken.split('.'));
    const secrets = [secret, adminPassword, userPassword, 'eve@example.org', '$2b$', 'abc.def.ghi'];
    for (const each of [...secrets, ...parts.filter((part) => part.length > 60)]) {
      expect(text.includes(each), each).toBe(false);
    }
  });
});
