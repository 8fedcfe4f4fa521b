import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestServer, TestUser } from '../support/test-server.ts';
import { startTestServer, userPassword } from '../support/test-server.ts';

let server: TestServer;
let sam: TestUser;
beforeAll(async () => {
  server = await startTestServer();
  sam = await server.aUser('STAFF');
});
afterAll(() => server.stop());

type Variables = Readonly<Record<string, unknown>>;
const asAdmin = (query: string, variables: Variables = {}) =>
  server.ask(query, { token: server.admin.accessToken, variables });

const fields = 'id username displayName email groups createdAt disabledAt';
const createUser = (input: Variables) =>
  asAdmin(`mutation ($input: CreateUserInput!) { createUser(input: $input) { ${fields} } }`, {
    input: { password: userPassword, ...input },
  });
const updateUser = (id: string, input: Variables) =>
  asAdmin(
    `mutation ($id: ID!, $input: UpdateUserInput!) { updateUser(id: $id, input: $input) { ${fields} } }`,
    { id, input },
  );

describe('createUser', () => {
  it('makes a user who can log in at once', async () => {
    const { data } = await createUser({
      username: 'Ada',
      displayName: '  Ada Lovelace ',
      email: 'ada@example.org',
      groups: ['STAFF', 'AUDITOR', 'STAFF'],
    });
    expect(data.createUser).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/),
      username: 'Ada',
      displayName: 'Ada Lovelace',
      email: 'ada@example.org',
      groups: ['AUDITOR', 'STAFF'],
      createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      disabledAt: null,
    });
    expect((await server.logIn('ada', userPassword)).id).toBe(data.createUser.id);
  });

  it('takes what is absent or null from its defaults', async () => {
    const { data } = await createUser({ username: 'plain', displayName: null, email: null });
    expect(data.createUser).toMatchObject({
      displayName: 'plain',
      email: null,
      groups: ['STAFF'],
    });
  });

  it.each(['SAMe', 'same', 'ｓａｍｅ'])(
    'has no room for another "same" as %s',
    async (username) => {
      await createUser({ username: 'sAme' });
      const { status, code, errors } = await createUser({ username });
      expect({ status, code }).toEqual({ status: 400, code: 'BAD_USER_INPUT' });
      expect(errors[0].extensions.argument).toBe('input.username');
    },
  );

  it('makes one user of twenty who come at once with one name', async () => {
    const names = Array.from({ length: 20 }, (_, n) => (n % 2 === 0 ? 'twin' : 'TWIN'));
    const answers = await Promise.all(names.map((username) => createUser({ username })));
    const made = answers.filter(({ status }) => status === 200);
    const refused = answers.filter(({ status }) => status === 400);
    expect([made.length, refused.length]).toEqual([1, 19]);
    expect(new Set(refused.map(({ errors }) => errors[0].extensions.argument))).toEqual(
      new Set(['input.username']),
    );
  });

  it.each([
    { argument: 'input.username', input: { username: '' } },
    { argument: 'input.username', input: { username: 'a b' } },
    { argument: 'input.username', input: { username: '-a' } },
    { argument: 'input.username', input: { username: 'nul\0' } },
    { argument: 'input.username', input: { username: 'u'.repeat(65) } },
    { argument: 'input.username', input: { username: 'zero\u200bwidth' } },
    { argument: 'input.password', input: { password: 'fourteen chars' } },
    { argument: 'input.password', input: { password: 'p'.repeat(73) } },
    { argument: 'input.password', input: { password: 'é'.repeat(37) } },
    { argument: 'input.password', input: { password: 'nul-in-the-middle\0-of-it' } },
    { argument: 'input.password', input: { password: `lone surrogate here \ud800` } },
    { argument: 'input.password', input: { password: 'my-name-is-WRONG-of-course' } },
    { argument: 'input.password', input: { password: 'PasswordPassword' } },
    { argument: 'input.displayName', input: { displayName: '' } },
    { argument: 'input.displayName', input: { displayName: '   ' } },
    { argument: 'input.displayName', input: { displayName: 'd'.repeat(201) } },
    { argument: 'input.displayName', input: { displayName: 'two\nlines' } },
    { argument: 'input.email', input: { email: 'no-at' } },
    { argument: 'input.email', input: { email: '' } },
    { argument: 'input.email', input: { email: 'a@b@c' } },
    { argument: 'input.email', input: { email: `${'e'.repeat(250)}@x.org` } },
  ])('names the argument $argument for $input, never the value', async ({ argument, input }) => {
    const { status, code, errors, text } = await createUser({ username: 'wrong', ...input });
    expect({ status, code }).toEqual({ status: 400, code: 'BAD_USER_INPUT' });
    expect(errors[0].extensions.argument).toBe(argument);
    expect(text).not.toContain('my-name-is');
    expect(await server.connection.database.user.count({ where: { username: 'wrong' } })).toBe(0);
  });

  it.each([
    { argument: 'input.password', input: { username: 'typed', password: 271828 } },
    { argument: 'input.groups[0]', input: { username: 'typed', groups: ['ADMN'] } },
    { argument: 'input', input: { username: 'typed', pasword: 'slate-meadow-77-copper' } },
    { argument: 'input.username', input: { username: null } },
  ])(
    'names $argument for a value of another type, never the value',
    async ({ argument, input }) => {
      const { status, code, errors, text } = await createUser(input);
      expect({ status, code }).toEqual({ status: 400, code: 'BAD_USER_INPUT' });
      expect(errors[0].extensions.argument).toBe(argument);
      expect(text).not.toMatch(/271828|slate-meadow|did you mean|ADMIN/i);
    },
  );
});

describe('me', () => {
  it('is the same user as it is by its id, though nothing more is read of it', async () => {
    const { id, accessToken: token } = await server.aUser('AUDITOR', 'STAFF');
    await updateUser(id, { displayName: 'Grace', email: 'grace@example.org' });
    const { data } = await server.ask(
      `query ($id: ID!) { me { ${fields} } user(id: $id) { ${fields} } }`,
      { token, variables: { id } },
    );
    expect(data.me).toEqual(data.user);
    expect(data.me).toMatchObject({
      displayName: 'Grace',
      email: 'grace@example.org',
      groups: ['AUDITOR', 'STAFF'],
    });
  });
});

describe('updateUser', () => {
  it('changes what the input names, and nothing else', async () => {
    const { data } = await createUser({ username: 'before', email: 'b@example.org' });
    const { id, createdAt } = data.createUser;
    const rest = { id, createdAt, groups: ['STAFF'], disabledAt: null };

    const nothing = await updateUser(id, {});
    expect(nothing.data.updateUser).toEqual(data.createUser);
    const renamed = await updateUser(id, { username: 'After' });
    expect(renamed.data.updateUser).toEqual({
      ...rest,
      username: 'After',
      displayName: 'before',
      email: 'b@example.org',
    });
    const emptied = await updateUser(id, { email: null, displayName: 'Shown' });
    expect(emptied.data.updateUser).toEqual({
      ...rest,
      username: 'After',
      displayName: 'Shown',
      email: null,
    });
    expect((await server.logIn('AFTER', userPassword)).id).toBe(id);
  });

  it('lets a user change the case of the own name, and refuses the name of another', async () => {
    const { data } = await createUser({ username: 'casey' });
    const { id } = data.createUser;
    expect((await updateUser(id, { username: 'CASEY' })).data.updateUser.username).toBe('CASEY');
    const { status, errors } = await updateUser(id, { username: 'Admin' });
    expect(status).toBe(400);
    expect(errors[0].extensions).toEqual({ code: 'BAD_USER_INPUT', argument: 'input.username' });
  });

  it('gives one name to one user, also when two ask for it at once', async () => {
    const users = await Promise.all(
      ['racer-1', 'racer-2'].map((username) => createUser({ username })),
    );
    const answers = await Promise.all(
      users.map(({ data }, n) => updateUser(data.createUser.id, { username: n ? 'goal' : 'GOAL' })),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    const [lost] = answers.filter(({ status }) => status !== 200);
    expect(['BAD_USER_INPUT', 'CONFLICT']).toContain(lost?.code);
  });

  it.each([
    { argument: 'input.displayName', input: { displayName: null } },
    { argument: 'input.username', input: { username: null } },
    { argument: 'input.email', input: { email: 'nowhere' } },
    { argument: 'input.username', input: { username: '\ud800' } },
  ])('names the argument $argument for $input', async ({ argument, input }) => {
    const { status, errors } = await updateUser(sam.id, input);
    expect(status).toBe(400);
    expect(errors[0].extensions).toEqual({ code: 'BAD_USER_INPUT', argument });
  });
});

describe('a user who is not there', () => {
  const missing = '00000000-0000-7000-8000-000000000000';
  it.each([missing, '1', '', '\0', "' OR '1'='1"])('is null as "%s"', async (id) => {
    const { status, data } = await asAdmin('query ($id: ID!) { user(id: $id) { id } }', { id });
    expect({ status, data }).toEqual({ status: 200, data: { user: null } });
  });

  it.each([
    { argument: 'id', field: 'updateUser(id: $id, input: {displayName: "X"})' },
    { argument: 'id', field: 'updateUser(id: $id, input: {})' },
    { argument: 'id', field: 'disableUser(id: $id)' },
    { argument: 'id', field: 'enableUser(id: $id)' },
    { argument: 'userId', field: 'grantGroup(userId: $id, group: STAFF)' },
    { argument: 'userId', field: 'revokeGroup(userId: $id, group: ADMIN)' },
  ])('is NOT_FOUND for $field', async ({ argument, field }) => {
    for (const id of [missing, '1', '\ud800']) {
      const answer = await asAdmin(`mutation ($id: ID!) { ${field} { id } }`, { id });
      expect(answer.status).toBe(404);
      expect(answer.body).not.toHaveProperty('data');
      expect(answer.errors[0].extensions).toEqual({ code: 'NOT_FOUND', argument });
    }
  });

  it('is FORBIDDEN, and not NOT_FOUND, to whom the user is no business', async () => {
    for (const query of [
      `{ user(id: "${missing}") { id } }`,
      `mutation { updateUser(id: "${missing}", input: {displayName: "X"}) { id } }`,
    ]) {
      expect((await server.ask(query, { token: sam.accessToken })).status).toBe(403);
    }
  });
});

describe('an id', () => {
  it('is the same id in capitals, to an admin and to its own user', async () => {
    const query = `{ user(id: "${sam.id.toUpperCase()}") { id } }`;
    for (const { accessToken: token } of [server.admin, sam]) {
      expect((await server.ask(query, { token })).data).toEqual({ user: { id: sam.id } });
    }
  });
});
