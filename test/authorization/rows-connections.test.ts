import type { IResolvers } from '@graphql-tools/utils';
import { GraphQLError } from 'graphql';
import { describe, expect, it } from 'vitest';
import { callable } from './fixtures.ts';
import {
  createRowsWorld,
  type Filter,
  named,
  policies,
  type Room,
  type RowsContext,
  rooms,
  select,
} from './rows-world.ts';

const ada = named('ada');
const boss = named('bob', 'ADMIN');

const types = `
  type Room { id: Int }
  type RoomConnection { edges: [RoomEdge], nodes: [Room], totalCount: Int, first: Room, info: PageInfo }
  type RoomEdge { node: Room, cursor: Int, id: Int } type PageInfo { last: Int }
`;
const text = '{ rooms { totalCount edges { cursor node { id } } nodes { id } } }';

type Types = IResolvers<unknown, RowsContext>;
type Read = (filter: Filter | undefined) => unknown;

/** A world with a narrowed connection whose resolver asks for the filter and reads with it. */
const connectionWorld = (read: Read, resolvers: Types = {}) =>
  createRowsWorld({
    sdl: `type Query { rooms: RoomConnection @auth(requires: [ADMIN], rows: [SELF]) } ${types}`,
    resolvers: (rowsOf) => ({
      Query: { rooms: (_source, _args, _context, info) => read(rowsOf(info)) },
      ...resolvers,
    }),
  });

const edgesOf = (list: readonly Room[]) => list.map((node) => ({ node, cursor: node.id }));
const page = (list: readonly Room[]) => ({
  edges: edgesOf(list),
  nodes: list,
  totalCount: list.length,
});
const answer = (...ids: readonly number[]) => ({
  totalCount: ids.length,
  edges: ids.map((id) => ({ cursor: id, node: { id } })),
  nodes: ids.map((id) => ({ id })),
});
const internal = (...path: readonly (string | number)[]) => ({
  message: 'Internal server error.',
  ...(path.length > 0 && { path }),
  extensions: { code: 'INTERNAL_SERVER_ERROR' },
});
const thenable = (value: unknown) => ({
  // biome-ignore lint/suspicious/noThenProperty: data clients return such values.
  then: (onFulfilled: (value: unknown) => void) => onFulfilled(value),
});
const notAdmitted =
  'Query.rooms: it returned a row that its policies do not allow the viewer to see';

describe('a narrowed connection', () => {
  it('has the rows that the filter selects, and all for who is in one of the groups', async () => {
    const { run, mistakes } = connectionWorld((filter) => page(select(filter)));
    expect(await run(text, ada)).toEqual({ data: { rooms: answer(1, 3) } });
    expect(await run(text, boss)).toEqual({ data: { rooms: answer(1, 2, 3, 4) } });
    expect(mistakes).toEqual([]);
  });

  it.each<{ title: string; of: (list: readonly Room[]) => unknown }>([
    { title: 'plain', of: page },
    { title: 'a promise', of: async (list) => page(list) },
    { title: 'a callable promise', of: (list) => callable(Promise.resolve(page(list))) },
    {
      title: 'with promises of lists',
      of: (list) => ({
        ...page(list),
        edges: Promise.resolve(edgesOf(list)),
        nodes: Promise.resolve(list),
      }),
    },
    {
      title: 'with lists of promises',
      of: (list) => ({ ...page(list), edges: edgesOf(list).map(async (edge) => edge) }),
    },
    {
      title: 'with promises of nodes',
      of: (list) => ({
        ...page(list),
        edges: list.map((node) => ({ cursor: node.id, node: Promise.resolve(node) })),
      }),
    },
  ])('delivers nothing of a page with another row, $title', async ({ of }) => {
    const good = connectionWorld((filter) => of(select(filter)));
    expect(await good.run(text, ada)).toEqual({ data: { rooms: answer(1, 3) } });
    const { run, mistakes } = connectionWorld(() => of(rooms));
    expect(await run(text, ada)).toEqual({
      data: { rooms: null },
      errors: [expect.objectContaining(internal('rooms'))],
    });
    expect(mistakes).toEqual([notAdmitted]);
  });

  it('delivers nothing of a page whose other row is not selected', async () => {
    const { run } = connectionWorld(() => ({ edges: edgesOf(rooms), totalCount: 4 }));
    expect(await run('{ rooms { totalCount } }', ada)).toMatchObject({ data: { rooms: null } });
  });

  it.each<{ title: string; of: (list: readonly Room[]) => unknown; types?: Types }>([
    { title: 'functions', of: (list) => ({ edges: () => edgesOf(list), nodes: async () => list }) },
    {
      title: 'thenables',
      of: (list) => ({ edges: thenable(edgesOf(list)), nodes: thenable(list) }),
    },
    {
      title: 'generators',
      of: (list) => ({ edges: edgesOf(list).values(), nodes: list.values() }),
    },
    {
      title: 'functions of an edge',
      of: (list) => ({ edges: list.map((node) => ({ node: () => node })), nodes: () => list }),
    },
    {
      title: 'resolvers of the connection',
      of: (list) => list,
      types: {
        RoomConnection: {
          edges: (list: readonly Room[]) => list.map((node) => ({ node })),
          nodes: (list) => list,
        },
      },
    },
    {
      title: 'a resolver of the edge',
      of: (list) => ({ edges: list, nodes: () => list }),
      types: { RoomEdge: { node: async (room) => room } },
    },
  ])(
    'delivers nothing of a page with another row, which comes from $title',
    async ({ of, types: resolvers }) => {
      const two = '{ rooms { totalCount edges { cursor node { id } } nodes { id } } }';
      const good = connectionWorld((filter) => of(select(filter)), resolvers);
      const mine = [{ id: 1 }, { id: 3 }];
      expect(await good.run(two, ada)).toMatchObject({
        data: { rooms: { edges: mine.map((node) => ({ node })), nodes: mine } },
      });
      expect(good.mistakes).toEqual([]);
      const bad = connectionWorld(() => of(rooms), resolvers);
      expect(await bad.ask(two, ada)).toEqual({ errors: [expect.objectContaining(internal())] });
      expect(bad.mistakes).toEqual([notAdmitted]);
      // The guarded schema alone cannot take back what it has delivered, but shows no hidden row.
      const alone = JSON.stringify(await bad.run(two, ada));
      expect(alone).not.toMatch(/"id":[24]/);
    },
  );

  it('calls each resolver of edges and rows once, with its own arguments', async () => {
    const asked: unknown[] = [];
    const { run } = createRowsWorld({
      sdl: `type Query { rooms: Rooms @auth(rows: [SELF]) } type Room { id: Int }
        type Rooms { edges(step: Int = 1): [Edge] } type Edge { node(as: String): Room }`,
      resolvers: (rowsOf) => ({
        Query: { rooms: (_source, _args, _context, info) => select(rowsOf(info)) },
        Rooms: {
          edges(list, args, _context, info) {
            asked.push([args, info.path.key, info.fieldName]);
            return list;
          },
        },
        Edge: {
          async node(room: Room, args) {
            asked.push([room.id, args]);
            return room;
          },
        },
      }),
    });
    const query = `query ($step: Int, $no: Boolean!) {
      rooms { edges { node(as: "a") { id } ...More } two: edges(step: $step) { b: node { id } } }
      empty: rooms { edges @include(if: $no) { node { id } } }
    } fragment More on Edge { node(as: "a") { __typename } }`;
    const { data } = await run(query, ada, { step: 2, no: false });
    expect(data).toEqual({
      rooms: {
        edges: [1, 3].map((id) => ({ node: { id, __typename: 'Room' } })),
        two: [1, 3].map((id) => ({ b: { id } })),
      },
      empty: {},
    });
    expect(asked).toEqual([
      [{ step: 1 }, 'edges', 'edges'],
      [1, { as: 'a' }],
      [3, { as: 'a' }],
      [{ step: 2 }, 'two', 'edges'],
      [1, {}],
      [3, {}],
    ]);
  });

  it('leaves other errors of its resolvers where they are', async () => {
    const { run, mistakes } = connectionWorld((filter) => ({
      totalCount: 2,
      edges: () => Promise.reject(new GraphQLError('edges')),
      nodes: () => [...select(filter), new GraphQLError('node')],
      first() {
        throw new GraphQLError('first');
      },
    }));
    const all = '{ rooms { totalCount edges { cursor } nodes { id } first { id } } }';
    const { data, errors } = await run(all, ada);
    expect(data).toEqual({
      rooms: { totalCount: 2, edges: null, nodes: [{ id: 1 }, { id: 3 }, null], first: null },
    });
    expect(errors?.map(({ message }) => message).sort()).toEqual(['edges', 'first', 'node']);
    expect(mistakes).toEqual([]);
  });

  it('delivers no rows after the first mistake', async () => {
    const { run, mistakes } = connectionWorld(() => ({
      edges: () => edgesOf(rooms),
      nodes: () => select({ owner: 'ada' }),
      first: () => rooms[0],
    }));
    const { data } = await run(
      '{ rooms { edges { node { id } } nodes { id } first { id } } }',
      ada,
    );
    expect(data).toEqual({
      rooms: {
        edges: [{ node: { id: 1 } }, { node: null }, { node: null }, { node: null }],
        nodes: null,
        first: null,
      },
    });
    expect(mistakes).toEqual([notAdmitted]);
  });

  it('checks other fields that return the rows', async () => {
    const { run, mistakes } = connectionWorld(() => ({ first: rooms[1] }));
    expect(await run('{ rooms { first { id } } }', ada)).toMatchObject({
      data: { rooms: null },
      errors: [internal('rooms')],
    });
    expect(mistakes).toEqual([notAdmitted]);
  });

  it('asks a policy once about a row of a page, on whatever ways it delivers the row', async () => {
    const asked: unknown[] = [];
    const world = createRowsWorld({
      sdl: `type Query { rooms: RoomConnection @auth(rows: [SELF]) } ${types}`,
      policies: {
        SELF: { reads: [], where: () => ({}), admits: (_viewer, row) => asked.push(row) > 0 },
        BOSS: () => false,
      },
      resolvers: (rowsOf) => ({
        Query: { rooms: (_source, _args, _context, info) => page(select(rowsOf(info))) },
      }),
    });
    const count = '{ rooms { totalCount } }';
    expect(await world.run(count, ada)).toEqual({ data: { rooms: { totalCount: 4 } } });
    expect(asked).toEqual(rooms);
    asked.length = 0;
    expect(await world.run(text, ada)).toEqual({ data: { rooms: answer(1, 2, 3, 4) } });
    expect(asked).toEqual(rooms);
  });
});

describe('a resolver of a connection that does not ask which rows', () => {
  it.each([
    { selected: 'totalCount', value: { totalCount: 4 } },
    { selected: 'edges { cursor }', value: { edges: [{ cursor: 2 }] } },
    { selected: 'info { last }', value: { info: { last: 2 } } },
    { selected: '__typename', value: {} },
    { selected: '__typename', value: null },
  ])('delivers no $selected', async ({ selected, value }) => {
    const { run, mistakes } = createRowsWorld({
      sdl: `type Query { rooms: RoomConnection @auth(rows: [SELF]) } ${types}`,
      resolvers: () => ({ Query: { rooms: () => value } }),
    });
    expect(await run(`{ rooms { ${selected} } }`, ada)).toMatchObject({
      data: { rooms: null },
      errors: [internal('rooms')],
    });
    expect(mistakes).toEqual([
      'Query.rooms: its resolver did not ask which rows the viewer may see',
    ]);
  });
});

describe('a resolver below a narrowed connection', () => {
  it('gets the filter of the connection', async () => {
    const { run } = createRowsWorld({
      sdl: `type Query { rooms: RoomConnection @auth(requires: [ADMIN], rows: [SELF]) open: RoomConnection @public } ${types}`,
      resolvers: (rowsOf) => ({
        Query: {
          rooms: (_source, _args, _context, info) => ({ nodes: select(rowsOf(info)) }),
          open: () => ({ nodes: rooms }),
        },
        RoomConnection: {
          totalCount: (_source, _args, _context, info) => select(rowsOf(info)).length,
          edges: (_source, _args, _context, info) => edgesOf(select(rowsOf(info))),
        },
        RoomEdge: { id: (_source, _args, _context, info) => select(rowsOf(info)).length },
      }),
    });
    const selected = '{ totalCount edges { id node { id } } }';
    expect(await run(`{ rooms ${selected} open ${selected} }`, ada)).toEqual({
      data: {
        rooms: { totalCount: 2, edges: [1, 3].map((id) => ({ id: 2, node: { id } })) },
        open: { totalCount: 4, edges: [1, 2, 3, 4].map((id) => ({ id: 4, node: { id } })) },
      },
    });
  });
});

describe('a connection type that several fields return', () => {
  const world = createRowsWorld({
    sdl: `type Query {
        mine: RoomConnection @auth(rows: [SELF]) first: RoomConnection @auth(rows: [BOSS])
        open: RoomConnection @public edge: RoomEdge @public list: [RoomConnection] @public
      } ${types}`,
    resolvers: (rowsOf) => ({
      Query: {
        mine: (_source, _args, _context, info) => page(select(rowsOf(info))),
        first: (_source, _args, _context, info) => page(select(rowsOf(info))),
        open: () => page(rooms),
        edge: () => edgesOf(rooms)[1],
        list: () => [page(rooms)],
      },
    }),
  });

  it('is narrowed as the field that returned it says', async () => {
    const inside = '{ totalCount edges { cursor node { id } } nodes { id } }';
    const query = `{ mine ${inside} first ${inside} open ${inside} list ${inside} edge { node { id } } again: mine ${inside} }`;
    expect(await world.run(query, ada)).toEqual({
      data: {
        mine: answer(1, 3),
        first: answer(1, 2),
        open: answer(1, 2, 3, 4),
        list: [answer(1, 2, 3, 4)],
        edge: { node: { id: 2 } },
        again: answer(1, 3),
      },
    });
    expect(world.mistakes).toEqual([]);
  });
});

describe('a connection inside rows', () => {
  const sdl = `type Query { rooms: [Room] @auth(rows: [SELF]) }
    interface Page { nodes: [Thing] } interface Thing { id: Int }
    type Room implements Thing { id: Int, next: Page @auth(rows: [BOSS]) }
    type Pages implements Page { nodes: [Thing], edges: [Edge] } type Edge { node: Room }`;

  it('is narrowed on its own, also when its type is an interface', async () => {
    const of = (read: Read) =>
      createRowsWorld({
        sdl,
        resolvers: (rowsOf) => ({
          Page: { __resolveType: () => 'Pages' },
          Thing: { __resolveType: () => 'Room' },
          Query: { rooms: (_source, _args, _context, info) => select(rowsOf(info)) },
          Room: { next: (_source, _args, _context, info) => read(rowsOf(info)) },
        }),
      });
    const query = '{ rooms { id next { nodes { id } ... on Pages { edges { node { id } } } } } }';
    const good = of((filter) => page(select(filter)));
    const { totalCount: _count, ...inside } = page(select({ maxId: 2 }));
    expect(await good.run(query, ada)).toEqual({
      data: {
        rooms: [1, 3].map((id) => ({
          id,
          next: {
            nodes: inside.nodes.map((node) => ({ id: node.id })),
            edges: inside.nodes.map((node) => ({ node: { id: node.id } })),
          },
        })),
      },
    });
    const bad = of(() => page(rooms));
    expect(await bad.run(query, ada)).toMatchObject({
      data: { rooms: [1, 3].map((id) => ({ id, next: null })) },
    });
  });
});

describe('a field of a connection that is narrowed too', () => {
  type Asked = typeof policies;
  const lateOf = (name: string): Asked => {
    const policy = policies[name];
    if (typeof policy !== 'object') throw new Error('It has two functions.');
    const { reads, admits, where } = policy;
    return {
      [name]: {
        reads,
        where,
        admits: async (...call: Parameters<typeof admits>) => admits(...call),
      },
    };
  };

  it.each<{ title: string; policies: Asked }>([
    { title: 'both', policies },
    {
      title: 'both, whose policies are asynchronous',
      policies: { ...lateOf('SELF'), ...lateOf('BOSS') },
    },
    {
      title: 'both, of which its own is asynchronous',
      policies: { ...policies, ...lateOf('BOSS') },
    },
  ])('is narrowed by $title', async ({ policies: asked }) => {
    const of = (read: Read) =>
      createRowsWorld({
        sdl: `type Query { rooms: Rooms @auth(rows: [SELF]) } type Room { id: Int }
          type Rooms { nodes: [Room] @auth(rows: [BOSS]) }`,
        policies: asked,
        resolvers: (rowsOf) => ({
          Query: { rooms: (_source, _args, _context, info) => (rowsOf(info) ? {} : null) },
          Rooms: { nodes: (_source, _args, _context, info) => read(rowsOf(info)) },
        }),
      });
    const query = '{ rooms { nodes { id } } }';
    expect(await of(select).run(query, ada)).toEqual({ data: { rooms: { nodes: [{ id: 1 }] } } });
    for (const list of [
      [rooms[0], rooms[1]],
      [rooms[0], rooms[2]],
    ]) {
      expect(await of(() => list).run(query, ada)).toMatchObject({
        data: { rooms: { nodes: null } },
      });
    }
  });
});
