import { createAuthorization, type Viewer } from '@graphql-gatehouse/authorization';
import { makeExecutableSchema } from '@graphql-tools/schema';
import { buildClientSchema, getIntrospectionQuery, printSchema } from 'graphql';
import { beforeEach, describe, expect, it } from 'vitest';
import type { IntrospectionMode } from '../../packages/authorization/src/visibility/introspection.ts';
import { anonymous, groupsOnly, holding, type TestContext } from './fixtures.ts';
import type { Asked, LibraryHost } from './host-answer.ts';
import { useHosts } from './library-hosts.ts';

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
const guardWith = (options: { readonly introspection?: IntrospectionMode } = {}) =>
  createAuthorization<Viewer, TestContext>(source, {
    policies: {},
    viewerOf: ({ viewer }) => viewer,
    ...options,
  });

const byViewer = guardWith();
const guardedRoot = createAuthorization<Viewer, TestContext>(
  makeExecutableSchema({
    typeDefs: `${groupsOnly} type Query @auth(requires: [ADMIN]) { a: Int @auth }`,
  }),
  { policies: {}, viewerOf: ({ viewer }) => viewer },
);
const full = useHosts(guardWith({ introspection: 'full' }));
const off = useHosts(guardWith({ introspection: 'off' }));
const guarded = useHosts(guardedRoot);
const hosts = useHosts(byViewer).flatMap((host, index) => {
  const [ofFull, ofOff, ofGuarded] = [full[index], off[index], guarded[index]];
  if (ofFull === undefined || ofOff === undefined || ofGuarded === undefined) return [];
  return [{ name: host.name, host, full: ofFull, off: ofOff, guarded: ofGuarded }];
});
beforeEach(() => {
  ran.length = 0;
});

const admin = holding('ADMIN');
const user = holding('USER');
const introspectionQuery = getIntrospectionQuery({ directiveIsRepeatable: true });
const s = 's: __type(name: "Secret") { name }';

interface Sent extends Asked {
  readonly viewer?: Viewer;
  readonly to?: LibraryHost<TestContext>;
}

describe.each(hosts)('$name', ({ host, full, off, guarded }) => {
  async function send(query: string, { viewer = user, to = host, ...asked }: Sent = {}) {
    const { status, body, errors, text } = await to.ask(query, { viewer }, asked);
    const codes = errors.map(({ extensions }) => extensions?.code);
    return { status, data: body.data, codes, errors, text };
  }

  describe('an operation that introspects', () => {
    it.each([
      { who: 'anonymous', viewer: anonymous },
      { who: 'a user', viewer: user },
      { who: 'an admin', viewer: admin },
    ])('is answered as a whole from what is visible, for $who', async ({ viewer }) => {
      const { status, data } = await send(introspectionQuery, { viewer });
      expect(status).toBe(200);
      expect(printSchema(buildClientSchema(data))).toBe(printSchema(byViewer.visibleTo(viewer)));
    });

    it('is answered for each viewer, though the host keeps the document', async () => {
      const shown = [];
      for (const viewer of [admin, user, anonymous, admin, user]) {
        shown.push((await send(`{ ${s} }`, { viewer })).data.s);
      }
      expect(shown).toEqual([{ name: 'Secret' }, null, null, { name: 'Secret' }, null]);
    });

    it('runs beside other fields, in order', async () => {
      const query = `{ open ${s} known }`;
      expect(await send(query)).toMatchObject({
        status: 200,
        text: expect.stringContaining('{"data":{"open":"open","s":null,"known":"known"}'),
      });
      expect((await send(query, { viewer: admin })).data.s).toEqual({ name: 'Secret' });
      expect(ran).toEqual(['open', 'known', 'open', 'known']);
    });

    it('shows no error that the whole schema alone would make', async () => {
      const query =
        'query ($b: Boolean = false) { open __schema { mutationType { name @skip(if: $b) } } }';
      const variables = { b: null };
      const { errors } = await send(query, { variables, to: full });
      expect(errors.map(({ path }) => path)).toEqual([['__schema', 'mutationType']]);
      expect(await send(query, { variables, viewer: anonymous })).toMatchObject({
        status: 200,
        data: { open: 'open', __schema: { mutationType: null } },
        errors: [],
      });
    });

    it('is refused as a whole where something beside it is denied', async () => {
      const answer = await send(`{ ${s} open known }`, { viewer: anonymous });
      expect(answer).toMatchObject({ status: 401, data: undefined, codes: ['UNAUTHENTICATED'] });
      expect(ran).toEqual([]);
    });

    it('leniently shows what is visible beside what is denied', async () => {
      const prefer = 'handling=lenient';
      expect(await send(`{ ${s} open secret { id } }`, { prefer })).toMatchObject({
        status: 200,
        data: { s: null, open: 'open', secret: null },
        codes: ['FORBIDDEN'],
      });
      expect((await send(`{ ${s} }`, { prefer })).data).toEqual({ s: null });
    });

    const beside = (fields: string) => `{ ${fields} t: __type(name: "NAME") { name } }`;
    it.each([
      { prefer: 'handling=strict', query: beside('secret { id }') },
      { prefer: 'handling=lenient', query: beside('secret { id }') },
      { prefer: 'handling=lenient', query: beside('entity { id }') },
      { prefer: 'handling=strict', query: beside('entity { id }') },
      { prefer: 'handling=lenient', query: beside('open secret { id }') },
      { prefer: 'handling=lenient', query: '{ t: __type(name: "NAME") { name kind } }' },
      { prefer: 'handling=strict', query: '{ query { t: __type(name: "NAME") { name } } }' },
      {
        prefer: 'handling=lenient',
        query: '{ secret { id } query { __type(name: "NAME") { name } } }',
      },
    ])(
      'answers the same for a hidden type and an absent one: $prefer $query',
      async ({ prefer, query }) => {
        const [hidden, absent] = [query.replace('NAME', 'Vault'), query.replace('NAME', 'Vaulx')];
        const answer = await host.ask(hidden, { viewer: user }, { prefer });
        const other = await host.ask(absent, { viewer: user }, { prefer });
        const partsOf = ({ status, text, header }: typeof answer) => [
          status,
          text,
          header('www-authenticate'),
          header('preference-applied'),
        ];
        expect(partsOf(answer)).toEqual(partsOf(other));
      },
    );

    it('leniently is refused where nothing is left but types that are hidden', async () => {
      const prefer = 'handling=lenient';
      const query = '{ secret { id } t: __type(name: "Vault") { name } }';
      expect(await send(query, { prefer })).toMatchObject({ status: 403, data: undefined });
      expect(await send(query, { prefer, viewer: anonymous })).toMatchObject({
        status: 401,
        data: undefined,
      });
    });

    it('is refused before anything runs where it introspects below the root', async () => {
      expect(await send(`{ open query { ${s} } }`, { viewer: admin })).toMatchObject({
        status: 400,
        data: undefined,
        codes: ['INTROSPECTION_NESTED'],
      });
      expect(ran).toEqual([]);
    });

    it('leaves variables that cannot be coerced to the host', async () => {
      const { status, data } = await send('query ($n: String!) { __type(name: $n) { name } }');
      expect({ status, data }).toEqual({ status: 400, data: undefined });
    });
  });

  describe('the mode', () => {
    it('full shows the whole schema to everyone, at any depth', async () => {
      const asked = { viewer: anonymous, to: full };
      const { data } = await send(introspectionQuery, asked);
      expect(printSchema(buildClientSchema(data))).toBe(printSchema(byViewer.schema));
      expect((await send(`{ query { ${s} } }`, asked)).data).toEqual({
        query: { s: { name: 'Secret' } },
      });
    });

    it('off refuses introspection, and answers __typename', async () => {
      const nested = `{ query { ${s} } }`;
      for (const query of ['{ __schema { types { name } } }', `{ open ${s} }`, nested]) {
        expect(await send(query, { viewer: admin, to: off })).toMatchObject({
          status: 400,
          data: undefined,
          codes: ['INTROSPECTION_DISABLED'],
        });
      }
      expect(ran).toEqual([]);
      const { status, data } = await send('{ __typename open }', { to: off });
      expect({ status, data }).toEqual({
        status: 200,
        data: { __typename: 'Query', open: 'open' },
      });
    });
  });

  it('denies the type name of a guarded root beside introspection too', async () => {
    const query = '{ __typename __schema { queryType { fields { name } } } }';
    const asked = { to: guarded };
    expect(await send(query, asked)).toMatchObject({ status: 403, data: undefined });
    expect(await send(query, { ...asked, prefer: 'handling=lenient' })).toMatchObject({
      status: 403,
      data: undefined,
      codes: ['FORBIDDEN'],
    });
    expect(await send(query, { ...asked, viewer: admin })).toMatchObject({
      data: { __typename: 'Query', __schema: { queryType: { fields: [{ name: 'a' }] } } },
    });
  });
});
