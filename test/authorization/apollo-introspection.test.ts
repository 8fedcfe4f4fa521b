import {
  ApolloServer,
  type ApolloServerPlugin,
  type GraphQLResponse,
  HeaderMap,
} from '@apollo/server';
import { createAuthorization, type Viewer } from '@gatehouse/authorization';
import { createAuthorizationPlugin } from '@gatehouse/authorization/apollo';
import { makeExecutableSchema } from '@graphql-tools/schema';
import { buildClientSchema, getIntrospectionQuery, printSchema } from 'graphql';
import { beforeEach, describe, expect, it } from 'vitest';
import type { IntrospectionMode } from '../../packages/authorization/src/visibility/introspection.ts';
import { anonymous, groupsOnly, holding, type TestContext } from './fixtures.ts';

const ran: string[] = [];
const run = (name: string) => () => {
  ran.push(name);
  return name;
};
const source = makeExecutableSchema<TestContext>({
  typeDefs: `${groupsOnly}
    type Query { open: String @public, known: String @auth, query: Query @public, secret: Secret @auth(requires: [ADMIN]), entity: Entity @public }
    type Mutation { change: String @auth }
    type Secret { id: Int }
    interface Entity { id: Int }
    type Vault implements Entity @auth(requires: [ADMIN]) { id: Int }`,
  resolvers: {
    Query: {
      open: run('open'),
      known: run('known'),
      query: () => ({}),
      entity: () => ({ __typename: 'Vault' }),
    },
    Mutation: { change: run('change') },
  },
});

function startServer(
  introspection?: IntrospectionMode,
  plugins: readonly ApolloServerPlugin<TestContext>[] = [],
) {
  const authorization = createAuthorization<Viewer, TestContext>(source, {
    policies: {},
    viewerOf: ({ viewer }) => viewer,
    ...(introspection === undefined ? {} : { introspection }),
  });
  const { schema, visibleTo } = authorization;
  const plugin = createAuthorizationPlugin({ ...authorization, realm: 'gatehouse' });
  const server = new ApolloServer<TestContext>({
    schema,
    plugins: [plugin, ...plugins],
    includeStacktraceInErrorResponses: false,
    introspection: true,
  });
  return { server, schema, visibleTo };
}

const { server, schema, visibleTo } = startServer();
beforeEach(() => {
  ran.length = 0;
});

interface Sent {
  readonly viewer?: Viewer;
  readonly variables?: Readonly<Record<string, unknown>>;
  readonly prefer?: string;
  readonly to?: ApolloServer<TestContext>;
}

async function send(query: string, { viewer = user, variables, prefer, to = server }: Sent = {}) {
  const headers = new HeaderMap(prefer === undefined ? [] : [['prefer', prefer]]);
  const { body, http } = await to.executeOperation(
    {
      query,
      ...(variables === undefined ? {} : { variables: { ...variables } }),
      http: { method: 'POST', headers, search: '', body: {} },
    },
    { contextValue: { viewer } },
  );
  if (body.kind !== 'single') throw new Error('It comes at once.');
  const { data, errors = [] } = body.singleResult;
  return {
    status: http.status ?? 200,
    data: data && JSON.parse(JSON.stringify(data)),
    codes: errors.map(({ extensions }) => extensions?.code),
    errors,
  };
}

const admin = holding('ADMIN');
const user = holding('USER');
const introspectionQuery = getIntrospectionQuery({ directiveIsRepeatable: true });
const s = 's: __type(name: "Secret") { name }';

describe('an operation that introspects', () => {
  it.each([
    { who: 'anonymous', viewer: anonymous },
    { who: 'a user', viewer: user },
    { who: 'an admin', viewer: admin },
  ])('is answered as a whole from what is visible, for $who', async ({ viewer }) => {
    const { status, data } = await send(introspectionQuery, { viewer });
    expect(status).toBe(200);
    expect(printSchema(buildClientSchema(data))).toBe(printSchema(visibleTo(viewer)));
  });

  it('is answered for each viewer, though Apollo keeps the document', async () => {
    const shown = [];
    for (const viewer of [admin, user, anonymous, admin, user]) {
      shown.push((await send(`{ ${s} }`, { viewer })).data.s);
    }
    expect(shown).toEqual([{ name: 'Secret' }, null, null, { name: 'Secret' }, null]);
  });

  it('runs beside other fields, in order', async () => {
    const text = `{ open ${s} known }`;
    const { status, data } = await send(text);
    expect({ status, text: JSON.stringify(data) }).toEqual({
      status: 200,
      text: '{"open":"open","s":null,"known":"known"}',
    });
    expect((await send(text, { viewer: admin })).data.s).toEqual({ name: 'Secret' });
    expect(ran).toEqual(['open', 'known', 'open', 'known']);
  });

  it('shows no error that the whole schema alone would make', async () => {
    const text = `query ($b: Boolean = false) { open __schema { mutationType { name @skip(if: $b) } } }`;
    const variables = { b: null };
    const full = await send(text, { variables, to: startServer('full').server });
    expect(full.errors.map(({ path }) => path)).toEqual([['__schema', 'mutationType']]);
    expect(await send(text, { variables, viewer: anonymous })).toEqual({
      status: 200,
      data: { open: 'open', __schema: { mutationType: null } },
      codes: [],
      errors: [],
    });
  });

  it('is refused as a whole where something beside it is denied', async () => {
    const { status, data, codes } = await send(`{ ${s} open known }`, { viewer: anonymous });
    expect({ status, data, codes }).toEqual({
      status: 401,
      data: undefined,
      codes: ['UNAUTHENTICATED'],
    });
    expect(ran).toEqual([]);
  });

  it('leniently shows what is visible beside what is denied', async () => {
    const { status, data, codes } = await send(`{ ${s} open secret { id } }`, {
      prefer: 'handling=lenient',
    });
    expect({ status, data, codes }).toEqual({
      status: 200,
      data: { s: null, open: 'open', secret: null },
      codes: ['FORBIDDEN'],
    });
    expect((await send(`{ ${s} }`, { prefer: 'handling=lenient' })).data).toEqual({ s: null });
  });

  it.each([
    { prefer: 'handling=strict', text: '{ secret { id } t: __type(name: "NAME") { name } }' },
    { prefer: 'handling=lenient', text: '{ secret { id } t: __type(name: "NAME") { name } }' },
    { prefer: 'handling=lenient', text: '{ entity { id } t: __type(name: "NAME") { name } }' },
    { prefer: 'handling=strict', text: '{ entity { id } t: __type(name: "NAME") { name } }' },
    { prefer: 'handling=lenient', text: '{ t: __type(name: "NAME") { name kind } }' },
    { prefer: 'handling=lenient', text: '{ open secret { id } t: __type(name: "NAME") { name } }' },
    { prefer: 'handling=strict', text: '{ query { t: __type(name: "NAME") { name } } }' },
    {
      prefer: 'handling=lenient',
      text: '{ secret { id } query { __type(name: "NAME") { name } } }',
    },
  ])(
    'answers the same for a hidden type and an absent one: $prefer $text',
    async ({ prefer, text }) => {
      const askFor = (name: string) => send(text.replace('NAME', name), { prefer });
      expect(await askFor('Vault')).toEqual(await askFor('Vaulx'));
    },
  );

  it('leniently is refused where nothing is left but types that are hidden', async () => {
    const prefer = 'handling=lenient';
    const text = '{ secret { id } t: __type(name: "Vault") { name } }';
    expect(await send(text, { prefer })).toMatchObject({ status: 403, data: undefined });
    expect(await send(text, { prefer, viewer: anonymous })).toMatchObject({
      status: 401,
      data: undefined,
    });
  });

  it('is refused before anything runs where it introspects below the root', async () => {
    const { status, data, codes } = await send(`{ open query { ${s} } }`, { viewer: admin });
    expect({ status, data, codes }).toEqual({
      status: 400,
      data: undefined,
      codes: ['INTROSPECTION_NESTED'],
    });
    expect(ran).toEqual([]);
  });

  it('leaves variables that cannot be coerced to Apollo', async () => {
    const { status, codes } = await send(`query ($n: String!) { __type(name: $n) { name } }`);
    expect({ status, codes }).toEqual({ status: 400, codes: ['BAD_USER_INPUT'] });
  });

  it('is not answered in parts, which could not be mended', async () => {
    const parts: GraphQLResponse['body'] = {
      kind: 'incremental',
      initialResult: { hasNext: false },
      subsequentResults: (async function* () {})(),
    };
    const { server: inParts } = startServer('viewer', [
      {
        requestDidStart: async () => ({
          responseForOperation: async ({ response: { http } }) => ({ http, body: parts }),
        }),
      },
    ]);
    await expect(send(`{ open ${s} }`, { to: inParts })).rejects.toThrow('Internal server error');
  });
});

describe('the mode', () => {
  it('full shows the whole schema to everyone, at any depth', async () => {
    const { server: full } = startServer('full');
    const { data } = await send(introspectionQuery, { viewer: anonymous, to: full });
    expect(printSchema(buildClientSchema(data))).toBe(printSchema(schema));
    expect((await send(`{ query { ${s} } }`, { viewer: anonymous, to: full })).data).toEqual({
      query: { s: { name: 'Secret' } },
    });
  });

  it('off refuses introspection, and answers __typename', async () => {
    const { server: off } = startServer('off');
    for (const text of ['{ __schema { types { name } } }', `{ open ${s} }`, `{ query { ${s} } }`]) {
      const { status, data, codes } = await send(text, { viewer: admin, to: off });
      expect({ status, data, codes }).toEqual({
        status: 400,
        data: undefined,
        codes: ['INTROSPECTION_DISABLED'],
      });
    }
    expect(ran).toEqual([]);
    const { status, data } = await send('{ __typename open }', { to: off });
    expect({ status, data }).toEqual({ status: 200, data: { __typename: 'Query', open: 'open' } });
  });
});

describe('a type name that is denied', () => {
  const guardedRoot = createAuthorization<Viewer, TestContext>(
    makeExecutableSchema({
      typeDefs: `${groupsOnly} type Query @auth(requires: [ADMIN]) { a: Int @auth }`,
    }),
    { policies: {}, viewerOf: ({ viewer }) => viewer },
  );
  const guarded = new ApolloServer<TestContext>({
    schema: guardedRoot.schema,
    plugins: [createAuthorizationPlugin({ ...guardedRoot, realm: 'gatehouse' })],
  });

  it('is denied beside introspection too', async () => {
    const text = '{ __typename __schema { queryType { fields { name } } } }';
    expect(await send(text, { to: guarded })).toMatchObject({ status: 403, data: undefined });
    expect(await send(text, { to: guarded, prefer: 'handling=lenient' })).toMatchObject({
      status: 403,
      data: undefined,
      codes: ['FORBIDDEN'],
    });
    expect(await send(text, { to: guarded, viewer: admin })).toMatchObject({
      data: { __typename: 'Query', __schema: { queryType: { fields: [{ name: 'a' }] } } },
    });
  });
});
