import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createUserStore } from '../../src/identity/users/user.store.ts';
import { storeDependencies } from '../support/store-dependencies.ts';
import type { TestServer } from '../support/test-server.ts';
import { startTestServer, userPassword } from '../support/test-server.ts';

/** Display names of users beside `admin`, who comes first. */
const special = ['100% sure', 'under_score', 'back\\slash', 'plain', 'Größe', "O'Brien"];
const names = [...special, ...Array.from({ length: 38 }, (_, n) => `Member ${n + 1}`)];

let server: TestServer;
const ids: string[] = [];
beforeAll(async () => {
  server = await startTestServer();
  ids.push(server.admin.id);
  for (const [n, displayName] of names.entries()) {
    const answer = await asAdmin(
      'mutation ($input: CreateUserInput!) { createUser(input: $input) { id } }',
      { input: { username: `user${n}`, displayName, password: userPassword } },
    );
    ids.push(answer.data.createUser.id);
  }
});
afterAll(() => server.stop());

type Variables = Readonly<Record<string, unknown>>;
const asAdmin = (query: string, variables: Variables = {}) =>
  server.ask(query, { token: server.admin.accessToken, variables });

const listUsers = (variables: Variables) =>
  asAdmin(
    `query ($first: Int, $after: String, $search: String, $includeDisabled: Boolean) {
      users(first: $first, after: $after, search: $search, includeDisabled: $includeDisabled) {
        edges { cursor node { id displayName } }
        pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
      }
    }`,
    variables,
  );

interface Edge {
  readonly cursor: string;
  readonly node: { readonly id: string; readonly displayName: string };
}
const namesFound = async (variables: Variables): Promise<string[]> => {
  const { data } = await listUsers(variables);
  return data.users.edges.map(({ node }: Edge) => node.displayName);
};

describe('pages', () => {
  it('of 20 walk over all 45 users, oldest first, each once', async () => {
    const pages: { readonly edges: readonly Edge[]; readonly pageInfo: unknown }[] = [];
    let after: string | null = null;
    do {
      const { data } = await listUsers({ first: 20, after });
      pages.push(data.users);
      after = data.users.pageInfo.hasNextPage ? data.users.pageInfo.endCursor : null;
    } while (after !== null);

    expect(pages.map(({ edges }) => edges.length)).toEqual([20, 20, 5]);
    expect(pages.flatMap(({ edges }) => edges.map(({ node }) => node.id))).toEqual(ids);
    expect(pages.map(({ pageInfo }) => pageInfo)).toEqual(
      pages.map(({ edges }, n) => ({
        hasNextPage: n < 2,
        hasPreviousPage: n > 0,
        startCursor: edges.at(0)?.cursor,
        endCursor: edges.at(-1)?.cursor,
      })),
    );
  });

  it('end where they end: the last has no next one, and after the last there is nothing', async () => {
    const whole = await listUsers({ first: 45 });
    expect(whole.data.users.pageInfo.hasNextPage).toBe(false);
    expect((await listUsers({ first: 44 })).data.users.pageInfo.hasNextPage).toBe(true);
    const { data } = await listUsers({ after: whole.data.users.pageInfo.endCursor });
    expect(data.users).toEqual({
      edges: [],
      pageInfo: { hasNextPage: false, hasPreviousPage: true, startCursor: null, endCursor: null },
    });
  });

  it('have 20 users when the client does not say', async () => {
    expect((await listUsers({})).data.users.edges).toHaveLength(20);
    expect((await listUsers({ first: null })).data.users.edges).toHaveLength(20);
    expect((await listUsers({ first: 1 })).data.users.edges).toHaveLength(1);
    expect((await listUsers({ first: 100 })).data.users.edges).toHaveLength(45);
  });

  it.each([0, -1, 101, 2_147_483_647, -2_147_483_648])('are not %i long', async (first) => {
    const { status, errors } = await listUsers({ first });
    expect(status).toBe(400);
    expect(errors[0].extensions).toEqual({ code: 'BAD_USER_INPUT', argument: 'first' });
  });

  it('begin after a cursor of this API alone', async () => {
    const { data } = await listUsers({ first: 1 });
    const cursor: string = data.users.pageInfo.endCursor;
    const raw = Buffer.from(cursor, 'base64url').toString();
    for (const after of [
      '',
      'rubbish',
      ids[0],
      cursor.slice(0, -1),
      `${cursor}=`,
      ` ${cursor}`,
      `${cursor}${cursor}`,
      cursor.toUpperCase(),
      Buffer.from(raw.slice(0, -1)).toString('base64url'),
      Buffer.from(`${raw.slice(0, -1)}'`).toString('base64url'),
      Buffer.from('id:\0').toString('base64url'),
      '\ud800',
      'x'.repeat(50_000),
    ]) {
      const { status, errors } = await listUsers({ after });
      expect(status, after).toBe(400);
      expect(errors[0].extensions).toEqual({ code: 'BAD_USER_INPUT', argument: 'after' });
    }
    expect((await listUsers({ first: 1, after: null })).data.users.edges).toHaveLength(1);
  });

  it('are read with the groups of their users, in one statement', async () => {
    const { database, read } = server.connection;
    const statements: string[] = [];
    const counted: typeof read = (statement, values) => {
      statements.push(statement.name);
      return read(statement, values);
    };
    const { page } = createUserStore(storeDependencies({ database, read: counted }));
    const filter = { search: undefined, includesEmail: false, state: 'enabled' } as const;
    const { users } = await page({ limit: 2, afterId: undefined }, filter);
    const [admin, member] = users;
    expect(admin).toMatchObject({ id: ids[0], groups: ['ADMIN'] });
    expect(member).toMatchObject({ id: ids[1], displayName: '100% sure', groups: ['STAFF'] });
    expect(statements).toEqual(['gatehouse_users']);
  });

  it('stay in place while users come and go', async () => {
    const { data } = await listUsers({ first: 3 });
    const [, , third] = data.users.edges;
    await server.connection.database.user.update({
      where: { id: third.node.id },
      data: { disabledAt: new Date() },
    });
    const next = await listUsers({ first: 2, after: third.cursor });
    expect(next.data.users.edges.map(({ node }: Edge) => node.id)).toEqual(ids.slice(3, 5));
    await server.connection.database.user.update({
      where: { id: third.node.id },
      data: { disabledAt: null },
    });
  });
});

describe('search', () => {
  it.each([
    { search: '%', found: [] },
    { search: '_', found: [] },
    { search: '\\', found: [] },
    { search: '1', found: ['100% sure'] },
    { search: '1%', found: [] },
    { search: '100%', found: ['100% sure'] },
    { search: '1%sure', found: [] },
    { search: 'under_', found: ['under_score'] },
    { search: 'back\\', found: ['back\\slash'] },
    { search: 'plai_', found: [] },
    { search: '\\%', found: [] },
    { search: "o'", found: ["O'Brien"] },
    { search: "'b", found: [] },
    { search: "'bri", found: ["O'Brien"] },
    { search: 'GRÖ', found: ['Größe'] },
    { search: 'röß', found: ['Größe'] },
    { search: 'gr', found: ['Größe'] },
    { search: 'rö', found: [] },
    { search: 'PLAIN', found: ['plain'] },
    { search: 'größe', found: ['Größe'] },
    { search: ' plain ', found: ['plain'] },
    { search: 'USER3', found: names.filter((_, n) => n === 3 || (n >= 30 && n < 40)) },
    { search: 'member 38', found: ['Member 38'] },
    { search: 'no-such-user', found: [] },
  ])('finds $found for "$search"', async ({ search, found }) => {
    expect(await namesFound({ search, first: 100 })).toEqual(found);
  });

  it('and null is no search', async () => {
    expect(await namesFound({ search: null, first: 100 })).toHaveLength(45);
  });

  it.each(['', '  ', '\0', '\ud800', 's'.repeat(201)])('is not "%s"', async (search) => {
    const { status, errors } = await listUsers({ search });
    expect(status).toBe(400);
    expect(errors[0].extensions).toEqual({ code: 'BAD_USER_INPUT', argument: 'search' });
  });
});

describe('disabled users', () => {
  it('are shown with includeDisabled alone, and again once enabled', async () => {
    const id = ids[4];
    const change = (name: string) =>
      asAdmin(`mutation ($id: ID!) { ${name}(id: $id) { disabledAt } }`, { id });
    const { data } = await change('disableUser');
    expect(data.disableUser.disabledAt).toMatch(/Z$/);
    const again = await change('disableUser');
    expect(again.data.disableUser).toEqual(data.disableUser);

    expect(await namesFound({ search: 'plain' })).toEqual([]);
    expect(await namesFound({ search: 'plain', includeDisabled: false })).toEqual([]);
    expect(await namesFound({ search: 'plain', includeDisabled: true })).toEqual(['plain']);
    expect((await change('enableUser')).data).toEqual({ enableUser: { disabledAt: null } });
    expect(await namesFound({ search: 'plain' })).toEqual(['plain']);
  });
});
