import { makeExecutableSchema } from '@graphql-tools/schema';
import { type GraphQLResolveInfo, graphql } from 'graphql';
import { describe, expect, it } from 'vitest';
import { createLists, type Lists } from '../../src/context/lists.ts';
import { createReadPage } from '../../src/context/read-page.ts';
import { parseOrder } from '../../src/context/row-order.ts';
import { misspell } from '../support/misspelt-options.ts';

const typeDefs = `
  type Query { rooms: [Room!]! again: [Room!]! lobby: Room! }
  type Room { id: ID! notes(kind: String): [Note!]! pages(first: Int, after: String): Notes! }
  type Notes { edges: [Edge!]! pageInfo: PageInfo! totalCount: Int }
  type Edge { node: Note! }
  type PageInfo { hasNextPage: Boolean! endCursor: String }
  type Note { id: ID! }`;

const rooms = [{ id: 'a' }, { id: 'b' }, { id: 'c' }];
const notes = rooms.flatMap(({ id }) =>
  [1, 2, 3].map((n) => ({ id: `${id}${n}`, roomId: id, viewer: n === 2 ? 'ada' : 'bob' })),
);

interface Context {
  readonly viewer: string;
}

type Request = Parameters<Extract<Parameters<Lists['page']>[1], { read: unknown }>['read']>[0];

/** A schema whose lists are read by functions, and what these were asked for. */
function setUp({
  maxRows = 1_000,
  ...given
}: {
  readonly count?: () => Promise<number>;
  readonly maxRows?: number;
} = {}) {
  const requests: Request[] = [];
  const counts: Request[] = [];
  let secretReads = 0;
  const readSecret = async () => {
    secretReads += 1;
    if (secretReads === 1) throw new Error('The database is not there yet.');
    return 'secret';
  };
  let viewer = '';
  const { page, list } = createLists({
    maxRows,
    rows: () => ({ viewer }),
    readPage: createReadPage(readSecret),
  });
  const read = async (request: Request) => {
    requests.push(request);
    const { filter, owners, after, limit = 100 } = request;
    const found = notes.filter(
      (note) => note.viewer === Object(filter).viewer && owners.includes(note.roomId),
    );
    return owners.flatMap((owner) =>
      found
        .filter(({ id, roomId }) => roomId === owner && id > String(after?.id ?? ''))
        .slice(0, limit),
    );
  };
  /** Counts rows by owner: one without rows has no count. */
  const count = async (request: Request) => {
    counts.push(request);
    const found = await read(request);
    requests.pop();
    return request.owners
      .map((roomId) => ({ roomId, count: found.filter((note) => note.roomId === roomId).length }))
      .filter((each) => each.count > 0);
  };
  type Room = (typeof rooms)[number];
  const resolvers = {
    // Each room is there twice.
    Query: { rooms: () => rooms, again: () => [...rooms, ...rooms], lobby: () => rooms[0] },
    Room: {
      notes: (room: Room, _args: unknown, context: Context, info: GraphQLResolveInfo) => {
        ({ viewer } = context);
        return list(info, { read }, { by: 'roomId', of: room.id });
      },
      pages: (room: Room, _args: unknown, context: Context, info: GraphQLResolveInfo) => {
        ({ viewer } = context);
        return page(info, { read, count, ...given }, { by: 'roomId', of: room.id });
      },
    },
  };
  const schema = makeExecutableSchema({ typeDefs, resolvers });
  const run = async (source: string, as = 'bob') => {
    const { data, errors } = await graphql({ schema, source, contextValue: { viewer: as } });
    return { data: JSON.parse(JSON.stringify(data ?? null)), errors };
  };
  return { run, requests, counts };
}

const idsOf = (found: readonly { readonly id: string }[]) => found.map(({ id }) => id);

describe('lists below many objects', () => {
  it('are read together, each object getting its own rows', async () => {
    const { run, requests } = setUp();
    const { data } = await run('{ rooms { id notes { id } } }');
    expect(data.rooms.map(({ notes }: { notes: [] }) => idsOf(notes))).toEqual([
      ['a1', 'a3'],
      ['b1', 'b3'],
      ['c1', 'c3'],
    ]);
    expect(requests.map(({ owners }) => owners)).toEqual([['a', 'b', 'c']]);
  });

  it('are read apart for executions that run at the same time, by the filter of each viewer', async () => {
    const { run, requests } = setUp();
    const [ada, bob] = await Promise.all([
      run('{ rooms { notes { id } } }', 'ada'),
      run('{ rooms { notes { id } } }', 'bob'),
    ]);
    expect(idsOf(ada.data.rooms[0].notes)).toEqual(['a2']);
    expect(idsOf(bob.data.rooms[0].notes)).toEqual(['a1', 'a3']);
    expect(requests.map(({ filter }) => filter)).toEqual([{ viewer: 'ada' }, { viewer: 'bob' }]);
  });

  it('are read apart for each field, whatever its parents are', async () => {
    const { run, requests } = setUp();
    await run('{ rooms { notes { id } more: notes { id } } lobby { notes { id } } }');
    expect(requests.map(({ owners }) => owners)).toEqual([['a', 'b', 'c'], ['a', 'b', 'c'], ['a']]);
  });
});

it('a list is read for one row more than it may have, and then refused', async () => {
  const { run, requests } = setUp({ maxRows: 5 });
  const { data, errors } = await run('{ rooms { notes { id } } }');
  expect(requests.map(({ limit }) => limit)).toEqual([6]);
  expect(data).toBeNull();
  expect(errors?.[0]?.extensions).toEqual({
    code: 'OPERATION_TOO_COMPLEX',
    reason: 'ROWS',
    limit: 5,
  });
});

it('a list is refused when its owners together would deliver more rows than were read', async () => {
  const { run } = setUp({ maxRows: 5 });
  const one = await run('{ lobby { notes { id } } }');
  expect(one.errors).toBeUndefined();
  const { errors } = await run('{ rooms { notes { id } } }', 'ada');
  expect(errors).toBeUndefined();
  const many = await run('{ again { notes { id } } }', 'ada');
  expect(many.errors?.[0]?.extensions).toMatchObject({ reason: 'ROWS', limit: 5 });
});

it('a page that begins with the row of its cursor is an error: the order is inexact', async () => {
  const readPage = createReadPage(async () => 'secret');
  const at = new Date(1);
  const read = async () => [
    { id: 'a', at },
    { id: 'b', at },
  ];
  const order = parseOrder({ at: 'asc' });
  const { edges } = await readPage({ list: 'list', order, args: { first: 1 } }, read);
  const after = edges[0]?.cursor;
  await expect(readPage({ list: 'list', order, args: { after } }, read)).rejects.toThrow(TypeError);
});

describe('pages below many objects', () => {
  interface Page {
    readonly edges: readonly { readonly node: { readonly id: string } }[];
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string };
  }
  const pagesOf = (rooms: readonly { readonly pages: Page }[]) =>
    rooms.map(({ pages }) => idsOf(pages.edges.map(({ node }) => node)));
  const text = (args: string) =>
    `{ rooms { pages${args} { edges { node { id } } pageInfo { hasNextPage endCursor } } } }`;

  it('are read together, and continue after a cursor', async () => {
    const { run, requests } = setUp();
    // The database of the secret is away at first.
    expect((await run(text('(first: 1)'))).errors).not.toBeUndefined();
    const first = (await run(text('(first: 1)'))).data.rooms;
    expect(pagesOf(first)).toEqual([['a1'], ['b1'], ['c1']]);
    expect(first[0].pages.pageInfo.hasNextPage).toBe(true);
    const next = (await run(text(`(first: 5, after: "${first[1].pages.pageInfo.endCursor}")`)))
      .data;
    expect(pagesOf(next.rooms)).toEqual([[], ['b3'], ['c1', 'c3']]);
    expect(requests.map(({ owners, limit, after }) => ({ owners, limit, after }))).toEqual([
      { owners: ['a', 'b', 'c'], limit: 2, after: undefined },
      { owners: ['a', 'b', 'c'], limit: 6, after: { id: 'b1' } },
    ]);
  });

  it('are counted together, for the viewer of each execution, where the total is selected', async () => {
    const { run, requests, counts } = setUp();
    await run(text('(first: 1)')); // The database of the secret is away at first.
    expect((await run(text('(first: 1)'))).errors).toBeUndefined();
    expect(counts).toEqual([]);
    const totals =
      '{ rooms { pages(first: 1) { totalCount edges { node { id } } } } lobby { pages(first: 2) { totalCount } } }';
    const answers = await Promise.all([run(totals, 'ada'), run(totals), run(totals, 'eve')]);
    expect(answers.map(({ data }) => data.rooms.map(totalOf))).toEqual([
      [1, 1, 1],
      [2, 2, 2],
      [0, 0, 0],
    ]);
    expect(answers.map(({ data }) => totalOf(data.lobby))).toEqual([1, 2, 0]);
    expect(counts.map(({ filter, owners }) => [Object(filter).viewer, owners])).toEqual(
      ['ada', 'bob', 'eve'].flatMap((viewer) => [
        [viewer, ['a', 'b', 'c']],
        [viewer, ['a']],
      ]),
    );
    expect(requests).toHaveLength(1 + 6);
  });

  it('are not delivered when their count is not one of each object', async () => {
    const { run } = setUp({ count: async () => 3 });
    await run(text('(first: 1)')); // The database of the secret is away at first.
    const { data, errors = [] } = await run('{ lobby { pages { totalCount } } }');
    expect([data, errors[0]?.originalError]).toEqual([null, expect.any(TypeError)]);
  });
});

const totalOf = ({ pages }: { readonly pages: { readonly totalCount: number } }) =>
  pages.totalCount;

describe('the options of a list', () => {
  /** Asks for a list of the rooms with these options. Returns the error, and what was read. */
  async function ask(name: 'page' | 'list', options: unknown) {
    const reads: unknown[] = [];
    const readPage = createReadPage(async () => 'a');
    const lists = createLists({ rows: () => undefined, readPage, maxRows: 1_000 });
    const findMany = async (args: object) => {
      reads.push(args);
      return [];
    };
    const model = { findMany, count: async () => 0, groupBy: async () => [] };
    const schema = makeExecutableSchema({
      typeDefs,
      resolvers: {
        Query: {
          rooms: async (_query: unknown, _args: unknown, _context: unknown, info: unknown) => {
            await Reflect.apply(lists[name], undefined, [info, model, options]);
            return [];
          },
        },
      },
    });
    const { errors = [] } = await graphql({ schema, source: '{ rooms { id } }' });
    return { error: errors[0]?.message, reads };
  }

  const whole = { where: {}, orderBy: { id: 'asc' }, key: 'id', by: 'roomId', of: 'a' };

  it.each(['page', 'list'] as const)('of %s may be any of those that there are', async (name) => {
    expect(await ask(name, whole)).toMatchObject({ error: undefined, reads: [{}] });
  });

  it.each(['page', 'list'] as const)(
    'of %s are refused when one is misspelt, and nothing is read',
    async (name) => {
      const cases = misspell(whole, ['where', 'orderBy']);
      expect(cases).toHaveLength(5);
      for (const { options, meant } of cases) {
        const { error, reads } = await ask(name, options);
        expect(error).toContain(`(did you mean ${meant}?)`);
        expect(reads).toEqual([]);
      }
    },
  );

  it.each([
    { name: 'page', options: { by: 'roomId', of: undefined } },
    { name: 'page', options: { by: 'roomId' } },
    { name: 'page', options: { of: 'a' } },
    { name: 'page', options: { by: undefined, of: 'a' } },
    { name: 'list', options: { by: 'roomId', of: undefined } },
    { name: 'list', options: { of: 'a' } },
    { name: 'list', options: {} },
  ] as const)(
    'of $name are refused where they would read the rows of all owners: $options',
    async ({ name, options }) => {
      const { error, reads } = await ask(name, options);
      expect(error).toMatch(/`by`|`of`/);
      expect(reads).toEqual([]);
    },
  );
});
