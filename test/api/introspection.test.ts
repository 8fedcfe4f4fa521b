import { buildClientSchema, getIntrospectionQuery, printSchema } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestServer } from '../support/test-server.ts';
import { startTestServer } from '../support/test-server.ts';

let server: TestServer;
const tokens = new Map<string, string>();
beforeAll(async () => {
  server = await startTestServer();
  for (const group of ['STAFF', 'MANAGER']) {
    tokens.set(group, (await server.aUser(group)).accessToken);
  }
  tokens.set('ADMIN', server.admin.accessToken);
});
afterAll(() => server.stop());

const everyone = ['anonymous', 'STAFF', 'MANAGER', 'ADMIN'];

function tokenOf(who: string) {
  const token = tokens.get(who);
  return token === undefined ? {} : { token };
}

async function schemaFor(who: string) {
  const { status, data } = await server.ask(getIntrospectionQuery(), tokenOf(who));
  expect(status).toBe(200);
  return buildClientSchema(data);
}

async function rootFieldsFor(who: string) {
  const schema = await schemaFor(who);
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
  return roots.flatMap((root) =>
    Object.keys(root?.getFields() ?? {}).map((name) => `${root}.${name}`),
  );
}

describe('introspection', () => {
  it.each([
    {
      who: 'anonymous',
      sees: ['Mutation.login'],
      misses: ['Query.me', 'Query.users', 'Mutation.createUser', 'Mutation.enterRoom'],
      missesTypes: ['Room', 'AuditEvent', 'CreateUserInput', 'Policy'],
    },
    {
      who: 'STAFF',
      sees: ['Mutation.login', 'Query.me', 'Query.user', 'Mutation.enterRoom'],
      misses: ['Query.users', 'Mutation.createUser', 'Mutation.grantGroup'],
      missesTypes: ['AuditEvent', 'UserConnection', 'CreateUserInput', 'Policy'],
    },
    {
      who: 'MANAGER',
      sees: ['Query.users', 'Mutation.createUser', 'Mutation.createRoom'],
      misses: ['Mutation.grantGroup', 'Mutation.createApiClient'],
      missesTypes: ['AuditEvent', 'Policy'],
    },
    {
      who: 'ADMIN',
      sees: ['Query.users', 'Mutation.grantGroup', 'Mutation.createApiClient'],
      misses: ['Query.auditEvents'],
      missesTypes: ['AuditEvent', 'Policy'],
    },
  ])('shows $who what its groups can reach', async ({ who, sees, misses, missesTypes }) => {
    const shown = await rootFieldsFor(who);
    expect(sees.filter((each) => !shown.includes(each))).toEqual([]);
    expect(misses.filter((each) => shown.includes(each))).toEqual([]);
    const schema = await schemaFor(who);
    expect(missesTypes.filter((name) => schema.getType(name))).toEqual([]);
    expect(schema.getDirectives().map(({ name }) => name)).not.toContain('auth');
  });

  it('shows guarded arguments and input fields to those alone who may supply them', async () => {
    const texts = new Map<string, string>();
    for (const who of everyone) texts.set(who, printSchema(await schemaFor(who)));
    const sees = (name: string) => everyone.filter((who) => texts.get(who)?.includes(name));
    expect(sees('includeDisabled')).toEqual(['ADMIN']);
    const groupsOf = async (who: string) => {
      const type = '{ __type(name: "CreateUserInput") { inputFields { name } } }';
      const { data } = await server.ask(type, tokenOf(who));
      return data.__type.inputFields.map(({ name }: { readonly name: string }) => name);
    };
    expect(await groupsOf('MANAGER')).not.toContain('groups');
    expect(await groupsOf('ADMIN')).toContain('groups');
  });

  it('is the same by GET, and beside other fields', async () => {
    for (const who of everyone) {
      const query = '{ t: __type(name: "Room") { name } serverInfo { name } }';
      const expected = who === 'anonymous' ? null : { name: 'Room' };
      const { token } = { token: undefined, ...tokenOf(who) };
      const response = await fetch(`${server.url}/graphql?query=${encodeURIComponent(query)}`, {
        headers: {
          accept: 'application/json',
          'apollo-require-preflight': 'yes',
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        },
      });
      const body = await response.json();
      expect(body).toMatchObject({ data: { t: expected, serverInfo: { name: 'Gatehouse' } } });
      expect((await server.ask(query, tokenOf(who))).body).toEqual(body);
    }
  });

  it('answers a bad token as it answers none', async () => {
    const query = '{ __type(name: "Room") { name } }';
    const { status, data } = await server.ask(query, { token: 'not.a.token' });
    expect({ status, data }).toEqual({ status: 200, data: { __type: null } });
  });
});

describe('viewer.access', () => {
  it.each(['STAFF', 'MANAGER', 'ADMIN'])(
    'lists for %s the root fields that introspection shows',
    async (who) => {
      const { status, data } = await server.ask('{ viewer { access } }', tokenOf(who));
      expect(status).toBe(200);
      expect([...data.viewer.access].sort()).toEqual((await rootFieldsFor(who)).sort());
    },
  );

  it('is not for anonymous', async () => {
    expect((await server.ask('{ viewer { access } }')).status).toBe(401);
  });
});

describe('an operation that is not valid', () => {
  it.each([
    '{ userss { id } }',
    '{ usr { id } }',
    '{ users { edgess { cursor } } }',
    'mutation { creatUser { id } }',
    '{ me { emial } }',
    '{ serverInfo { nam } }',
    '{ users(frist: 1) { edges { cursor } } }',
    '{ ... on Usr { id } }',
    'query ($i: CreateUserInptu) { serverInfo { name } }',
    'mutation { grantGroup(userId: "1", group: ADMNI) { id } }',
    '{ serverInfo { name @inclde(if: true) } }',
    '{ users }',
  ])('sees no other name: %s', async (query) => {
    for (const who of everyone) {
      const { status, text } = await server.ask(query, tokenOf(who));
      expect(status).toBe(400);
      // graphql-js repeats the field that needs a selection.
      expect(text.replace('Did you mean \\"users { ... }\\"?', '')).not.toMatch(/did you mean/i);
    }
  });
});

describe('INTROSPECTION', () => {
  it('full shows everyone the whole schema', async () => {
    const full = await startTestServer({ environment: { INTROSPECTION: 'full' } });
    try {
      const { data } = await full.ask(getIntrospectionQuery());
      expect(buildClientSchema(data).getType('AuditEvent')).toBeDefined();
    } finally {
      await full.stop();
    }
  });

  it('off refuses it, and answers __typename', async () => {
    const off = await startTestServer({ environment: { INTROSPECTION: 'off' } });
    try {
      const { accessToken: token } = off.admin;
      const refused = await off.ask(getIntrospectionQuery(), { token });
      expect({ status: refused.status, code: refused.code, data: refused.data }).toEqual({
        status: 400,
        code: 'INTROSPECTION_DISABLED',
        data: undefined,
      });
      expect((await off.ask('{ __typename }')).data).toEqual({ __typename: 'Query' });
    } finally {
      await off.stop();
    }
  });
});
