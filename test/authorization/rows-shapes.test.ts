import type { IResolvers } from '@graphql-tools/utils';
import { type ExecutionResult, executeSync, GraphQLError, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import {
  createRowsWorld,
  type Filter,
  named,
  policies,
  type Room,
  type RowsContext,
  type RowsWorld,
  rooms,
  select,
} from './rows-world.ts';

const ada = named('ada');

type Types = IResolvers<unknown, RowsContext>;
type Read = (filter: Filter | undefined) => unknown;

interface Shape {
  /** The types of the connection `Rooms`. */
  readonly sdl: string;
  readonly types?: Types;
  readonly isDryRun?: boolean;
}

const edge = 'type Edge { node: Room, cursor: Int }';
const edgesOnly = `type Rooms { edges: [Edge], totalCount: Int } ${edge}`;
const nodesOnly = 'type Rooms { nodes: [Room], totalCount: Int }';
const both = `type Rooms { edges: [Edge], nodes: [Room], totalCount: Int } ${edge}`;

/** A world with a narrowed connection whose resolver asks for the filter and reads with it. */
const world = (read: Read, { sdl, types = {}, isDryRun = false }: Shape) =>
  createRowsWorld({
    sdl: `type Query { rooms: Rooms @auth(rows: [SELF]) } type Room { id: Int } ${sdl}`,
    isDryRun,
    resolvers: (filterOf) => ({
      Query: { rooms: (_source, _args, _context, info) => read(filterOf(info)) },
      ...types,
    }),
  });

const edgesOf = (list: readonly Room[]) => list.map((node) => ({ node }));
const notAdmitted =
  'Query.rooms: it returned a row that its policies do not allow the viewer to see';

/** Fails when the answer needs a promise. */
const runAtOnce = ({ authorization }: RowsWorld, text: string): ExecutionResult =>
  executeSync({
    schema: authorization.schema,
    document: parse(text),
    contextValue: { viewer: ada },
  });

describe('a row that is not admitted takes the connection with it, though only the count is selected', () => {
  it.each<{ title: string; of: (list: readonly Room[]) => object; shape: Shape }>([
    { title: 'edges', of: (list) => ({ edges: edgesOf(list) }), shape: { sdl: edgesOnly } },
    { title: 'nodes', of: (list) => ({ nodes: list }), shape: { sdl: nodesOnly } },
    {
      title: 'edges beside nodes',
      of: (list) => ({ edges: edgesOf(list), nodes: [] }),
      shape: { sdl: both },
    },
    {
      title: 'nodes beside edges',
      of: (list) => ({ edges: [], nodes: list }),
      shape: { sdl: both },
    },
    {
      title: 'a promise of edges beside nodes',
      of: (list) => ({ edges: Promise.resolve(edgesOf(list)), nodes: [] }),
      shape: { sdl: both },
    },
    {
      title: 'promised edges',
      of: (list) => ({ edges: edgesOf(list).map(async (edge) => edge) }),
      shape: { sdl: edgesOnly },
    },
    {
      title: 'a promise of one node among others',
      of: (list) => ({
        edges: list.map((node) => ({ node: node.id === 2 ? Promise.resolve(node) : node })),
      }),
      shape: { sdl: edgesOnly },
    },
    {
      title: 'promised nodes',
      of: (list) => ({ nodes: list.map(async (node) => node) }),
      shape: { sdl: nodesOnly },
    },
    {
      title: 'a single node of an interface',
      of: (list) => ({ node: list[1] }),
      shape: {
        sdl: `type Rooms { nodes: [Room], node: Place, totalCount: Int }
          union Place = Hall | Room type Hall { size: Int }`,
      },
    },
  ])('$title', async ({ of, shape }) => {
    const text = '{ rooms { totalCount } }';
    const good = world((filter) => ({ ...of(select(filter).slice(0, 1)), totalCount: 1 }), shape);
    expect(await good.run(text, ada)).toEqual({ data: { rooms: { totalCount: 1 } } });
    expect(good.mistakes).toEqual([]);
    const bad = world(() => ({ ...of(rooms), totalCount: 4 }), shape);
    expect(await bad.run(text, ada)).toMatchObject({ data: { rooms: null } });
    expect(bad.mistakes).toEqual([notAdmitted]);
  });
});

describe('a row that is not admitted takes the connection with it, and the answer if a part was delivered before, from', () => {
  const groups = 'extend type Rooms { groups: [Wing] } type Wing { rows: [Room], wings: [Wing] }';
  const inGroups =
    '{ rooms { totalCount groups { rows { id } wings { wings { rows { id } } } } } }';
  const inEdges = '{ rooms { totalCount edges { node { id } } } }';
  const inLast = '{ rooms { totalCount last { node { id } } } }';
  const last = `${edgesOnly} extend type Rooms { last: Edge }`;

  it.each<{
    title: string;
    of: (list: readonly Room[]) => object;
    shape: Shape;
    text: string;
    isLate: boolean;
  }>([
    {
      title: 'functions alone',
      of: (list) => ({ edges: () => edgesOf(list) }),
      shape: { sdl: edgesOnly },
      text: inEdges,
      isLate: true,
    },
    {
      title: 'the resolver of a node alone',
      of: (list) => ({ edges: list }),
      shape: { sdl: edgesOnly, types: { Edge: { node: (room) => room } } },
      text: inEdges,
      isLate: true,
    },
    {
      title: 'another row of an edge',
      of: (list) => ({ edges: list.map((other) => ({ other })) }),
      shape: { sdl: `${edgesOnly} extend type Edge { other: Room }` },
      text: '{ rooms { totalCount edges { other { id } } } }',
      isLate: false,
    },
    {
      title: 'a single edge',
      of: (list) => ({ last: { node: list.at(1) } }),
      shape: { sdl: last },
      text: inLast,
      isLate: false,
    },
    {
      title: 'a function of a single edge',
      of: (list) => ({ last: { node: () => list.at(1) } }),
      shape: { sdl: last },
      text: inLast,
      isLate: true,
    },
    {
      title: 'the resolver of a single edge, and of its node',
      of: (list) => ({ list }),
      shape: {
        sdl: last,
        types: {
          Rooms: { last: async ({ list }) => list.at(1) },
          Edge: { node: (room) => room },
        },
      },
      text: inLast,
      isLate: true,
    },
    {
      title: 'groups',
      of: (list) => ({ groups: [{ rows: list }] }),
      shape: { sdl: edgesOnly + groups },
      text: inGroups,
      isLate: false,
    },
    {
      title: 'functions of groups',
      of: (list) => ({ groups: async () => [{ rows: () => list }] }),
      shape: { sdl: edgesOnly + groups },
      text: inGroups,
      isLate: true,
    },
    {
      title: 'groups of groups of groups',
      of: (list) => ({ groups: [{ wings: [{ wings: [{ rows: list }] }] }] }),
      shape: { sdl: edgesOnly + groups },
      text: inGroups,
      isLate: true,
    },
    {
      title: 'a getter',
      of: (list) => ({
        get edges() {
          return edgesOf(list);
        },
      }),
      shape: { sdl: edgesOnly },
      text: inEdges,
      isLate: false,
    },
    {
      title: 'an inherited getter',
      of: (list) => ({ edges: [Object.create({ node: list.at(1) })] }),
      shape: { sdl: edgesOnly },
      text: inEdges,
      isLate: true,
    },
    {
      title: 'what an interface returns',
      of: (list) => ({ groups: [{ __typename: 'Wing', rows: () => list }] }),
      shape: {
        sdl: `${edgesOnly} extend type Rooms { groups: [Part] } interface Part { rows: [Place] }
          type Wing implements Part { rows: [Place] } union Place = Room | Hall type Hall { size: Int }`,
        types: { Place: { __resolveType: () => 'Room' } },
      },
      text: '{ rooms { totalCount groups { rows { ... on Room { id } } } } }',
      isLate: true,
    },
  ])('$title', async ({ of, shape, text, isLate }) => {
    const good = world((filter) => ({ ...of(select(filter)), totalCount: 2 }), shape);
    const { data, errors } = await good.ask(text, ada);
    expect(errors).toBeUndefined();
    expect(data?.rooms).toMatchObject({ totalCount: 2 });
    expect(JSON.stringify(data)).toContain('"id":3');
    expect(good.mistakes).toEqual([]);
    const bad = world(() => ({ ...of(rooms), totalCount: 4 }), shape);
    const { data: shown = null } = await bad.ask(text, ada);
    expect(shown).toEqual(isLate ? null : { rooms: null });
    expect(bad.mistakes).toEqual([notAdmitted]);
  });
});

describe('what a connection has beside rows', () => {
  it('stays where it is: nulls and errors of its lists', async () => {
    const { run, mistakes } = world(
      (filter) => ({
        edges: [
          null,
          undefined,
          { node: null },
          {},
          { node: new GraphQLError('node') },
          new GraphQLError('edge'),
        ],
        nodes: [null, undefined, new GraphQLError('one of nodes'), ...select(filter)],
        totalCount: 2,
      }),
      { sdl: both },
    );
    const { data, errors } = await run(
      '{ rooms { totalCount edges { node { id } } nodes { id } } }',
      ada,
    );
    expect(data).toEqual({
      rooms: {
        totalCount: 2,
        edges: [null, null, { node: null }, { node: null }, { node: null }, null],
        nodes: [null, null, null, { id: 1 }, { id: 3 }],
      },
    });
    expect(errors?.map(({ message }) => message).sort()).toEqual(['edge', 'node', 'one of nodes']);
    expect(mistakes).toEqual([]);
  });

  it('can be missing', async () => {
    const { run, mistakes } = world(() => ({ edges: null, nodes: undefined, totalCount: 0 }), {
      sdl: both,
    });
    expect(await run('{ rooms { totalCount edges { node { id } } nodes { id } } }', ada)).toEqual({
      data: { rooms: { totalCount: 0, edges: null, nodes: null } },
    });
    expect(mistakes).toEqual([]);
  });

  it('can be a promise that rejects', async () => {
    const { run, mistakes } = world(
      (filter) => ({
        edges: Promise.reject(new GraphQLError('edges')),
        nodes: select(filter),
        totalCount: 2,
      }),
      { sdl: both },
    );
    expect(
      await run('{ rooms { totalCount edges { node { id } } nodes { id } } }', ada),
    ).toMatchObject({
      data: { rooms: { totalCount: 2, edges: null, nodes: [{ id: 1 }, { id: 3 }] } },
      errors: [{ message: 'edges', path: ['rooms', 'edges'] }],
    });
    expect(mistakes).toEqual([]);
  });
});

describe('a connection can be', () => {
  it('a number or a text, which its resolvers know what to do with', async () => {
    const types: Types = { Rooms: { totalCount: (count) => count } };
    const { run, mistakes } = world((filter) => select(filter).length, { sdl: both, types });
    expect(await run('{ rooms { totalCount nodes { id } } }', ada)).toEqual({
      data: { rooms: { totalCount: 2, nodes: null } },
    });
    const ofTexts = world((filter) => filter && { edges: ['one', 'two'] }, { sdl: both });
    expect(await ofTexts.run('{ rooms { edges { node { id } } } }', ada)).toEqual({
      data: { rooms: { edges: [{ node: null }, { node: null }] } },
    });
    expect([...mistakes, ...ofTexts.mistakes]).toEqual([]);
  });

  it('a set, which reaches its resolvers as it is', async () => {
    const { run } = world((filter) => new Set(select(filter)), {
      sdl: nodesOnly,
      types: {
        Rooms: {
          totalCount: (list: ReadonlySet<Room>) => list.size,
          nodes: (list: ReadonlySet<Room>) => [...list],
        },
      },
    });
    expect(await run('{ rooms { totalCount nodes { id } } }', ada)).toEqual({
      data: { rooms: { totalCount: 2, nodes: [{ id: 1 }, { id: 3 }] } },
    });
  });
});

describe('where nothing is asynchronous', () => {
  const text = '{ rooms { totalCount edges { node { id } } } }';
  const found = { totalCount: 2, edges: [{ node: { id: 1 } }, { node: { id: 3 } }] };

  it('a connection is delivered at once', () => {
    const plain = world((filter) => ({ edges: edgesOf(select(filter)), totalCount: 2 }), {
      sdl: both,
    });
    expect(runAtOnce(plain, text).data).toEqual({ rooms: found });
  });

  it('a list is delivered at once', () => {
    const list = createRowsWorld({
      sdl: 'type Query { rooms: [[Room]] @auth(rows: [SELF]) } type Room { id: Int }',
      resolvers: (filterOf) => ({
        Query: { rooms: (_source, _args, _context, info) => [select(filterOf(info)), null] },
      }),
    });
    expect(runAtOnce(list, '{ rooms { id } }').data).toEqual({
      rooms: [[{ id: 1 }, { id: 3 }], null],
    });
  });

  it('a dry run delivers at once too: it resolves nothing ahead', () => {
    const dry = world(() => ({ edges: () => edgesOf(rooms), totalCount: 4 }), {
      sdl: edgesOnly,
      isDryRun: true,
    });
    expect(runAtOnce(dry, text).data).toMatchObject({ rooms: { totalCount: 4 } });
    expect(new Set(dry.reported.map(({ coordinate }) => coordinate))).toEqual(
      new Set(['Query.rooms']),
    );
  });
});

describe('the resolvers of a connection', () => {
  it('run once, also those of its count, and of narrowed fields of its rows', async () => {
    const calls: string[] = [];
    const { run } = createRowsWorld({
      sdl: `type Query { rooms: Rooms @auth(rows: [SELF]) } type Room { id: Int, next: [Room] @auth(rows: [BOSS]) } ${both}`,
      resolvers: (filterOf) => ({
        Query: { rooms: (_source, _args, _context, info) => select(filterOf(info)) },
        Rooms: {
          totalCount: (list: readonly Room[]) => calls.push('totalCount') && list.length,
          nodes: (list) => calls.push('nodes') && list,
        },
        Room: {
          next(_room, _args, _context, info) {
            calls.push('next');
            return select(filterOf(info));
          },
        },
      }),
    });
    const next = [{ id: 1 }, { id: 2 }];
    expect(await run('{ rooms { totalCount nodes { next { id } } } }', ada)).toEqual({
      data: { rooms: { totalCount: 2, nodes: [{ next }, { next }] } },
    });
    expect(calls.sort()).toEqual(['next', 'next', 'nodes', 'totalCount']);
  });

  it('get each value at its own path, whatever the aliases', async () => {
    const [first, , third] = rooms;
    const { run } = world(
      (filter) =>
        filter && {
          edges: () =>
            Array.from({ length: 12 }, (_, index) => ({
              node: () => (index === 1 ? first : third),
            })),
        },
      { sdl: edgesOnly },
    );
    const edges = Array.from({ length: 12 }, (_, index) => ({ node: { id: index === 1 ? 1 : 3 } }));
    expect(
      await run('{ rooms { e: edges { node { id } } e1: edges { node { id } } } }', ada),
    ).toEqual({ data: { rooms: { e: edges, e1: edges } } });
  });

  it('are not called for edges that are null or errors', async () => {
    const sources: unknown[] = [];
    const { run } = world(
      (filter) => ({
        edges: () => [null, undefined, new GraphQLError('edge'), ...select(filter)],
        last: null,
        totalCount: 2,
      }),
      {
        sdl: `${edgesOnly} extend type Rooms { last: Edge }`,
        types: { Edge: { node: (room) => sources.push(room) && room } },
      },
    );
    const text = '{ rooms { __typename edges { __typename node { id } } last { node { id } } } }';
    expect(await run(text, ada)).toMatchObject({
      data: {
        rooms: {
          __typename: 'Rooms',
          edges: [
            null,
            null,
            null,
            { __typename: 'Edge', node: { id: 1 } },
            { __typename: 'Edge', node: { id: 3 } },
          ],
          last: null,
        },
      },
      errors: [{ message: 'edge', path: ['rooms', 'edges', 2] }],
    });
    expect(sources).toEqual(select({ owner: 'ada' }));
  });

  it('get the filter that was made once, for the first of them', async () => {
    let made = 0;
    const { run } = createRowsWorld({
      sdl: `type Query { rooms: Rooms @auth(rows: [SELF]) } type Room { id: Int } ${both}`,
      policies: {
        ...policies,
        SELF: {
          reads: [],
          admits: () => true,
          where() {
            made += 1;
            return { maxId: made };
          },
        },
      },
      resolvers: (filterOf) => ({
        Query: { rooms: (_source, _args, _context, info) => ({ nodes: select(filterOf(info)) }) },
        Rooms: { totalCount: (_source, _args, _context, info) => select(filterOf(info)).length },
      }),
    });
    expect(await run('{ rooms { totalCount nodes { id } } }', ada)).toEqual({
      data: { rooms: { totalCount: 1, nodes: [{ id: 1 }] } },
    });
    expect(made).toBe(1);
  });
});

describe('types that are connections in one place only', () => {
  it('an open field of a union of which one member is a connection delivers all rows', async () => {
    const { run, mistakes } = createRowsWorld({
      sdl: `type Query { rooms: Rooms @auth(rows: [SELF]) found: Found @public }
        union Found = Rooms | Nothing type Nothing { reason: String } type Room { id: Int } ${both}`,
      resolvers: () => ({
        Found: { __resolveType: () => 'Rooms' },
        Query: { found: () => ({ nodes: rooms, totalCount: 4 }) },
      }),
    });
    expect(await run('{ found { ... on Rooms { totalCount nodes { id } } } }', ada)).toEqual({
      data: { found: { totalCount: 4, nodes: rooms.map(({ id }) => ({ id })) } },
    });
    expect(mistakes).toEqual([]);
  });

  it('a narrowed list of them has the policies asked about its items', async () => {
    const asked: unknown[] = [];
    const pages = [{ nodes: [rooms[0]], totalCount: 1 }];
    const { run } = createRowsWorld({
      sdl: `type Query { rooms: Rooms @auth(rows: [SELF]) pages: [Rooms] @auth(rows: [BOSS]) }
        type Room { id: Int } ${both}`,
      policies: {
        ...policies,
        BOSS: { reads: [], admits: (_viewer, row) => asked.push(row) > 0, where: () => ({}) },
      },
      resolvers: (filterOf) => ({
        Query: { pages: (_source, _args, _context, info) => filterOf(info) && pages },
      }),
    });
    expect(await run('{ pages { totalCount } }', ada)).toEqual({
      data: { pages: [{ totalCount: 1 }] },
    });
    expect(asked).toEqual(pages);
  });

  it('a connection of an interface delivers nothing of a page with another row', async () => {
    const { run, mistakes } = createRowsWorld({
      sdl: `type Query { rooms: Page @auth(rows: [SELF]) } interface Page { nodes: [Room] }
        type Rooms implements Page { edges: [Edge], nodes: [Room] } type Edge { node: Room }
        type Room { id: Int }`,
      resolvers: (filterOf) => ({
        Page: { __resolveType: () => 'Rooms' },
        Query: {
          rooms(_source, _args, _context, info) {
            return { edges: edgesOf(rooms), nodes: select(filterOf(info)) };
          },
        },
      }),
    });
    const text = '{ rooms { ... on Rooms { edges { node { id } } nodes { id } } } }';
    expect(await run(text, ada)).toMatchObject({ data: { rooms: null } });
    expect(mistakes).toEqual([notAdmitted]);
  });
});

describe('a connection whose field lost its guard', () => {
  it('delivers no rows, and names the field that has them', async () => {
    const { run, mistakes, authorization } = world(() => ({}), { sdl: nodesOnly });
    const field = authorization.schema.getQueryType()?.getFields().rooms;
    if (field === undefined) throw new Error('There is a field.');
    field.resolve = () => ({ nodes: rooms, totalCount: 4 });
    expect(await run('{ rooms { nodes { id } } }', ada)).toMatchObject({
      data: { rooms: { nodes: null } },
      errors: [
        { message: 'Internal server error.', extensions: { code: 'INTERNAL_SERVER_ERROR' } },
      ],
    });
    expect(mistakes).toEqual(['Rooms.nodes: its connection was not resolved by a guarded field']);
  });
});
