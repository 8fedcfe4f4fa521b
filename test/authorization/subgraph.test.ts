import { buildSubgraphSchema } from '@apollo/subgraph';
import { createAuthorization } from '@graphql-gatehouse/authorization';
import { printFederationSchema } from '@graphql-gatehouse/authorization/reports';
import { execute, introspectionFromSchema, parse, printSchema } from 'graphql';
import { describe, expect, it } from 'vitest';
import {
  anonymous,
  ask,
  guardBuilt,
  holding,
  offencesOfBuilt,
  type TestContext,
} from './fixtures.ts';
import { buildSubgraph, federationFields, federationTypeDefs } from './subgraph-schema.ts';

const sdl = `${federationTypeDefs}
  type Query { now: Int @public ${federationFields} }
  union _Entity = Bill | Item
  type Bill @key(fields: "id") @auth(requires: [STAFF]) {
    id: ID! owner: String total: Int @auth(requires: [ADMIN], or: [SELF])
  }
  type Item @key(fields: "id") { id: ID! name: String }
`;

/** A subgraph in which every viewer owns the bill with the id 1. `read` has the ids of bills that were read. */
function createBills() {
  const read: unknown[] = [];
  const schema = buildSubgraph(sdl, {
    Bill: {
      __resolveReference: ({ id }) => {
        read.push(id);
        return { id, owner: id === '1' ? 'me' : 'someone', total: 5 };
      },
    },
    Item: { __resolveReference: ({ id }) => ({ id, name: 'an item' }) },
  });
  const policies = {
    SELF: (_viewer: unknown, bill: unknown) => Object(bill).owner === 'me',
  };
  return { read, authorization: guardBuilt(schema, { policies }) };
}

const document = parse(`query ($of: [_Any!]!) {
  _entities(representations: $of) { __typename ... on Bill { id total } ... on Item { name } }
}`);
const bill = { __typename: 'Bill', id: '1' };
const foreignBill = { __typename: 'Bill', id: '2', owner: 'me' };
const item = { __typename: 'Item', id: '3' };

/** Executes without `authorizeOperation`: the guarded schema alone must refuse. */
async function resolve(viewer: TestContext['viewer'], ...of: readonly object[]) {
  const { read, authorization } = createBills();
  const result = await execute({
    schema: authorization.schema,
    document,
    variableValues: { of },
    contextValue: { viewer },
  });
  const denied = result.errors?.map(({ path, extensions }) => ({
    path: path?.join('.'),
    code: extensions.code,
    coordinate: extensions.coordinate,
  }));
  return { data: result.data, denied, read };
}

describe('a reference in a subgraph', () => {
  it.each([
    { who: 'an anonymous viewer', viewer: anonymous, code: 'UNAUTHENTICATED' },
    { who: 'a viewer without the group', viewer: holding('ADMIN'), code: 'FORBIDDEN' },
  ])('to a guarded type is refused to $who, and nothing is read', async ({ viewer, code }) => {
    expect(await resolve(viewer, bill, item)).toEqual({
      data: { _entities: [null, { __typename: 'Item', name: 'an item' }] },
      denied: [{ path: '_entities.0', code, coordinate: 'Bill' }],
      read: [],
    });
  });

  it('resolves for a viewer with the group of the type', async () => {
    const { data, denied } = await resolve(holding('STAFF'), bill);
    expect(denied).toBeUndefined();
    expect(data).toEqual({ _entities: [{ __typename: 'Bill', id: '1', total: 5 }] });
  });

  it('has fields whose policies decide by what was read, and not by what the client sent', async () => {
    const { denied, read } = await resolve(holding('STAFF'), foreignBill);
    expect(read).toEqual(['2']);
    expect(denied).toEqual([
      { path: '_entities.0.total', code: 'FORBIDDEN', coordinate: 'Bill.total' },
    ]);
  });

  it('is refused before the operation runs when the viewer may not resolve references at all', async () => {
    const schema = buildSubgraph(sdl.replace('[_Entity]! @public', '[_Entity]! @auth'), {
      Bill: { __resolveReference: () => null },
    });
    const query = '{ _entities(representations: []) { __typename } }';
    expect(await ask(guardBuilt(schema, { policies: { SELF: () => true } }), query)).toEqual([
      'Query._entities at _entities',
    ]);
  });
});

const narrowedSdl = (fields: string, bill = '@auth(requires: [STAFF])') => `${federationTypeDefs}
  type Query { now: Int @public ${federationFields} ${fields} }
  union _Entity = Bill
  type Bill @key(fields: "id") ${bill} { id: ID! owner: String holder: Holder }
  type Holder { bills: [Bill!] @auth(rows: [SELF]) teams: [Bill!] @auth(rows: [BOSS]) }
  extend enum Policy { BOSS }
`;

/** The ids of the bills that a viewer gets by reference: 1 is its own, 2 is of a viewer whose boss it is. */
async function seen(text: string, viewer: TestContext['viewer']) {
  const owners: Readonly<Record<string, string>> = { 1: 'me', 2: 'employee', 3: 'someone' };
  const schema = buildSubgraph(text, {
    Bill: { __resolveReference: ({ id }) => (id === '4' ? null : { id, owner: owners[id] }) },
  });
  const of = (owner: string) => ({
    reads: ['owner'],
    admits: async (_viewer: unknown, bill: unknown) => Object(bill).owner === owner,
    where: () => ({ owner }),
  });
  const authorization = guardBuilt(schema, { policies: { SELF: of('me'), BOSS: of('employee') } });
  const result = await execute({
    schema: authorization.schema,
    document: parse(
      'query ($of: [_Any!]!) { _entities(representations: $of) { ... on Bill { id } } }',
    ),
    variableValues: { of: ['1', '2', '3', '4'].map((id) => ({ __typename: 'Bill', id })) },
    contextValue: { viewer },
  });
  const codes = result.errors?.map(({ extensions }) => extensions.code);
  const entities = JSON.parse(JSON.stringify(result.data?._entities ?? []));
  return codes ?? entities.map((bill: { id: string } | null) => bill?.id ?? null);
}

describe('a reference to a type that has lists with rows', () => {
  const list = 'bills: [Bill!] @auth(requires: [ADMIN], rows: [SELF])';

  it.each([
    { who: 'a viewer without the group', groups: ['STAFF'], ids: ['1', null, null, null] },
    { who: 'a viewer with the group', groups: ['STAFF', 'ADMIN'], ids: ['1', '2', '3', null] },
  ])('resolves to the rows that the list has for $who', async ({ groups, ids }) => {
    expect(await seen(narrowedSdl(list), holding(...groups))).toEqual(ids);
  });

  it('resolves to the rows of a connection', async () => {
    const connection = `all: Bills @auth(rows: [SELF]) }
      type Bills { edges: [BillEdge] } type BillEdge { node: Bill`;
    expect(await seen(narrowedSdl(connection), holding('STAFF'))).toEqual(['1', null, null, null]);
  });

  it('asks an anonymous viewer to log in, for each reference', async () => {
    const codes = await seen(narrowedSdl(list, ''), anonymous);
    expect(codes).toEqual(['1', '2', '3', '4'].map(() => 'UNAUTHENTICATED'));
  });

  it('resolves to what one of several lists of Query has', async () => {
    const lists = `${list} ofMyTeam: [Bill!] @auth(rows: [BOSS])`;
    expect(await seen(narrowedSdl(lists), holding('STAFF'))).toEqual(['1', '2', null, null]);
  });

  it('resolves to nothing of a list that the viewer may not read, or that another policy guards', async () => {
    const lists = `forAdmins: [Bill!] @auth(requires: [ADMIN]) @auth(rows: [SELF])
      byBoss: [Bill!] @auth(or: [BOSS]) @auth(rows: [SELF])`;
    expect(await seen(narrowedSdl(lists), holding('STAFF'))).toEqual([null, null, null, null]);
  });

  it('resolves to what all lists below other types have, if Query has no list', async () => {
    const viewer = holding('STAFF');
    expect(await seen(narrowedSdl(''), viewer)).toEqual([null, null, null, null]);
    const single = narrowedSdl('').replace('teams: [Bill!] @auth(rows: [BOSS])', '');
    expect(await seen(single, viewer)).toEqual(['1', null, null, null]);
  });

  it('needs a __resolveReference', () => {
    const both = { reads: [], admits: () => true, where: () => ({}) };
    expect(offencesOfBuilt(buildSubgraph(narrowedSdl(list)), { SELF: both, BOSS: both })).toEqual([
      'Bill: it has lists with `rows`, so it needs a __resolveReference, as @apollo/subgraph stores it, to be filtered',
    ]);
  });

  it('is reported in a dry run, and resolves', async () => {
    const schema = buildSubgraph(narrowedSdl(list), {
      Bill: { __resolveReference: ({ id }) => ({ id }) },
    });
    const no = { reads: [], admits: () => false, where: () => ({}) };
    const reported: unknown[] = [];
    const authorization = createAuthorization<TestContext['viewer'], TestContext>(schema, {
      policies: { SELF: no, BOSS: no },
      viewerOf: ({ viewer }) => viewer,
      report: ({ code, coordinate }) => reported.push(`${code} ${coordinate}`),
    });
    const { data } = await execute({
      schema: authorization.schema,
      document: parse(
        'query ($of: [_Any!]!) { _entities(representations: $of) { ... on Bill { id } } }',
      ),
      variableValues: { of: [bill] },
      contextValue: { viewer: holding('STAFF') },
    });
    expect(JSON.stringify(data)).toContain('"id":"1"');
    expect(reported).toEqual(['FORBIDDEN Bill']);
  });
});

describe('the SDL of a subgraph', () => {
  it('is guarded like any field', async () => {
    const { authorization } = createBills();
    const query = '{ _service { sdl } }';
    const refused = await ask(authorization, query, { viewer: holding('STAFF') });
    expect(refused).toEqual(['Query._service at _service']);
    const { data } = await execute({
      schema: authorization.schema,
      document: parse(query),
      contextValue: { viewer: holding('ADMIN') },
    });
    expect(JSON.stringify(data)).toContain('type Bill');
  });

  it('shows viewers only the entities that they can reach', () => {
    const { authorization } = createBills();
    const possibleTypes = (viewer: TestContext['viewer']) =>
      introspectionFromSchema(authorization.visibleTo(viewer))
        .__schema.types.flatMap((type) => (type.kind === 'UNION' ? type.possibleTypes : []))
        .map(({ name }) => name);
    expect(possibleTypes(anonymous)).toEqual(['Item']);
    expect(possibleTypes(holding('STAFF'))).toEqual(['Bill', 'Item']);
  });
});

describe('the SDL of a subgraph for a router', () => {
  const { authorization } = createBills();
  const { source, requirements } = authorization;
  const printed = printFederationSchema(source, requirements);

  it('has the guards, and the links and keys of the subgraph', () => {
    expect(printed).toContain(
      'extend schema @link(url: "https://specs.apollo.dev/federation/v2.6", ' +
        'import: ["@key", "@authenticated", "@requiresScopes"])',
    );
    expect(printed).toContain('type Bill @key(fields: "id", resolvable: true) {');
    expect(printed).toContain('owner: String @requiresScopes(scopes: [["STAFF"]])');
    expect(printed).not.toMatch(/_Any|_Entity|_Service|_entities|_service|federation__|link__/);
  });

  it('is a subgraph again', () => {
    const again = buildSubgraphSchema({ typeDefs: parse(printed) });
    expect(printSchema(again)).toContain('union _Entity = Bill | Item');
    expect(Object.keys(again.getQueryType()?.getFields() ?? {})).toEqual([
      'now',
      '_entities',
      '_service',
    ]);
  });

  it.each([
    { from: 'v2.6", import: ["@key"])', to: 'v2.3", import: ["@key", "@shareable"])', is: 'v2.6' },
    { from: 'v2.6", import: ["@key"])', to: 'v2.9", import: ["@key"])', is: 'v2.9' },
    {
      from: 'import: ["@key"])',
      to: 'import: ["@key", "@policy", { name: "@tag", as: "@label" }])',
      is: '"@policy", {name: "@tag", as: "@label"}, "@authenticated", "@requiresScopes"]',
    },
  ])('has $is for $to', ({ from, to, is }) => {
    const changed = buildSubgraph(sdl.replace(from, to), {
      Bill: { __resolveReference: () => null },
    });
    const guarded = guardBuilt(changed, { policies: { SELF: () => true } });
    const text = printFederationSchema(guarded.source, guarded.requirements);
    expect(text.match(/^extend schema.*$/m)?.[0]).toContain(is);
    expect(() => buildSubgraphSchema({ typeDefs: parse(text) })).not.toThrow();
  });
});

describe('a subgraph does not start', () => {
  it('without guards on the fields of the library', () => {
    const schema = buildSubgraph(`${federationTypeDefs} type Query { now: Int @public }
      type Item @key(fields: "id") { id: ID! }`);
    expect(offencesOfBuilt(schema, { SELF: () => true })).toEqual([
      'Query._entities: a root field must have @auth or @public',
      'Query._service: a root field must have @auth or @public',
    ]);
  });

  it('with a policy that would trust what the client sends', () => {
    const schema = buildSubgraph(sdl);
    expect(offencesOfBuilt(schema, { SELF: () => true })).toEqual([
      'Bill.total: its type has no __resolveReference, so its policy would trust the representation that the client sends',
    ]);
  });
});
