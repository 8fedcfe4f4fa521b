import type { Policies } from '@graphql-gatehouse/authorization';
import { execute, GraphQLError, parse, versionInfo } from 'graphql';
import { describe, expect, it } from 'vitest';
import { anonymous, callable } from './fixtures.ts';
import {
  createRowsWorld,
  type Filter,
  type NamedViewer,
  named,
  policies,
  type Room,
  type RowsContext,
  rooms,
  select,
} from './rows-world.ts';

const ada = named('ada');
const boss = named('bob', 'ADMIN');

type Read = (filter: Filter | undefined) => unknown;

/** A world with one narrowed list whose resolver asks for the filter and reads with it. */
const listWorld = (read: Read, type = '[Room]') =>
  createRowsWorld({
    sdl: `type Query { rooms: ${type} @auth(requires: [ADMIN], rows: [SELF]) } type Room { id: Int }`,
    resolvers: (rowsOf) => ({
      Query: { rooms: (_source, _args, _context, info) => read(rowsOf(info)) },
    }),
  });

const ids = '{ rooms { id } }';
const mine = [{ id: 1 }, { id: 3 }];
const all = [{ id: 1 }, { id: 2 }, { id: 3 }, { id: 4 }];
const internal = {
  message: 'Internal server error.',
  path: ['rooms'],
  extensions: { code: 'INTERNAL_SERVER_ERROR' },
};

/** graphql 17 takes asynchronous iterables as lists. */
const takesAsynchronous = versionInfo.major > 16;

const thenOf = (value: unknown) => Promise.prototype.then.bind(Promise.resolve(value));

async function* slowly<Value>(values: Iterable<Value>) {
  for (const value of values) yield await Promise.resolve(value);
}

describe('a narrowed list', () => {
  it('has the rows that the filter selects', async () => {
    const { run, mistakes } = listWorld(select);
    expect(await run(ids, ada)).toEqual({ data: { rooms: mine } });
    expect(await run(ids, named('carol'))).toEqual({ data: { rooms: [] } });
    expect(mistakes).toEqual([]);
  });

  it('has every row for who is in one of the groups', async () => {
    const { run } = listWorld(select);
    expect(await run(ids, boss)).toEqual({ data: { rooms: all } });
  });

  it('is refused to an anonymous viewer', async () => {
    const { run } = listWorld(select);
    const { data, errors } = await run(ids, anonymous);
    expect(data).toEqual({ rooms: null });
    expect(errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
  });

  const forms: readonly {
    readonly form: string;
    readonly of: (rows: readonly Room[]) => unknown;
  }[] = [
    { form: 'an array', of: (rows) => rows },
    { form: 'a promise of an array', of: async (rows) => rows },
    { form: 'an array of promises', of: (rows) => rows.map(async (row) => row) },
    { form: 'a set', of: (rows) => new Set(rows) },
    { form: 'a generator, which can be read once', of: (rows) => rows.values() },
    { form: 'a generator of promises', of: (rows) => rows.map(async (row) => row).values() },
    {
      form: 'a thenable',
      of: (rows) => Object.fromEntries([['then', thenOf(rows)]]),
    },
    { form: 'a callable promise', of: (rows) => callable(Promise.resolve(rows)) },
    {
      form: 'an array of callable promises',
      of: (rows) => rows.map((row) => callable(Promise.resolve(row))),
    },
  ];

  it.each(forms)('can be $form', async ({ of }) => {
    const { run, mistakes } = listWorld((filter) => of(select(filter)));
    expect(await run(ids, ada)).toEqual({ data: { rooms: mine } });
    expect(await run(ids, boss)).toEqual({ data: { rooms: all } });
    expect(mistakes).toEqual([]);
  });

  it.each(forms)('of which one row is not admitted delivers nothing, as $form', async ({ of }) => {
    const { run, mistakes } = listWorld(() => of(rooms));
    expect(await run(ids, ada)).toEqual({
      data: { rooms: null },
      errors: [expect.objectContaining(internal)],
    });
    expect(mistakes).toEqual([
      'Query.rooms: it returned a row that its policies do not allow the viewer to see',
    ]);
  });

  it('delivers no row that another has become, when one object is used for all', async () => {
    const policies: Policies<NamedViewer, RowsContext> = {
      SELF: {
        reads: ['owner'],
        admits: ({ name }, row) => Object(row).owner === name,
        where: ({ name }) => ({ owner: name }),
      },
      BOSS: () => false,
    };
    const one = {};
    const reuse = (room: Room | undefined) => Object.assign(one, room);
    const types = 'type Rooms { edges: [Edge] } type Edge { node: Room } type Room { id: Int }';
    const forms = [
      { returns: '[Room]', text: '{ id }', read: () => [0, 1].map(async (at) => reuse(rooms[at])) },
      {
        returns: 'Rooms',
        text: '{ edges { node { id } } }',
        read: () => ({ edges: [0, 1].map((at) => ({ node: () => reuse(rooms[at]) })) }),
      },
    ];
    for (const { returns, text, read } of forms) {
      const { run, mistakes } = createRowsWorld({
        sdl: `type Query { rooms: ${returns} @auth(rows: [SELF]) } ${types}`,
        policies,
        resolvers: (rowsOf) => ({
          Query: {
            rooms(_source, _args, _context, info) {
              rowsOf(info);
              return read();
            },
          },
        }),
      });
      const answer = await run(`{ rooms ${text} }`, ada);
      expect(JSON.stringify(answer.data)).not.toContain('"id":2');
      expect(mistakes).toHaveLength(1);
    }
  });

  it('fails when an asynchronous iterable has rows beside those of the filter', async () => {
    const { errors } = await listWorld(() => slowly(rooms)).run(ids, ada);
    expect(errors).toHaveLength(1);
  });

  it('is rejected as it is without guards, where the executor takes no asynchronous ones', async () => {
    const answers = async (of: Read, type: string) => {
      const { run, mistakes } = listWorld(of, type);
      const answer = await run(ids, ada);
      expect(mistakes).toEqual([]);
      return [answer, await run(ids, boss)];
    };
    const one = await answers((filter) => slowly(select(filter)), '[Room]');
    const inside = await answers(
      (filter) => [slowly(select(filter)), select({ owner: 'ada' })],
      '[[Room]]',
    );
    if (takesAsynchronous) {
      expect(one).toEqual([{ data: { rooms: mine } }, { data: { rooms: all } }]);
      expect(inside).toEqual([{ data: { rooms: [mine, mine] } }, { data: { rooms: [all, mine] } }]);
      return;
    }
    const errors = [{ message: expect.stringContaining('Expected Iterable') }];
    for (const answer of one) expect(answer).toMatchObject({ data: { rooms: null }, errors });
    for (const answer of inside)
      expect(answer).toMatchObject({ data: { rooms: [null, mine] }, errors });
  });

  it('can be a generator that asks for the filter, and reads, as it runs', async () => {
    for (const read of [select, () => rooms]) {
      const { run } = createRowsWorld({
        sdl: 'type Query { rooms: [Room] @auth(rows: [SELF]) } type Room { id: Int }',
        resolvers: (rowsOf) => ({
          Query: {
            *rooms(_source, _args, _context, info) {
              yield* read(rowsOf(info));
            },
          },
        }),
      });
      expect(await run(ids, ada)).toMatchObject({
        data: { rooms: read === select ? mine : null },
      });
    }
  });

  it('can be nested', async () => {
    const text = '{ rooms { id } }';
    const good = listWorld((filter) => [select(filter), null, [null]], '[[Room]]');
    expect(await good.run(text, ada)).toEqual({ data: { rooms: [mine, null, [null]] } });
    const bad = listWorld(() => [[rooms[0]], Promise.resolve([rooms[0], rooms[1]])], '[[Room]]');
    expect(await bad.run(text, ada)).toMatchObject({ data: { rooms: null }, errors: [internal] });
  });

  it('fails like every list when it is not a list', async () => {
    for (const value of [5, 'Room', { id: 1 }]) {
      const { run, mistakes } = listWorld(() => value);
      expect(await run(ids, ada)).toMatchObject({
        data: { rooms: null },
        errors: [internal],
      });
      expect(mistakes).toEqual([]);
    }
  });

  it('keeps its nulls, and the errors of its items', async () => {
    const { run, mistakes } = listWorld(() => [
      rooms[0],
      null,
      undefined,
      new GraphQLError('gone'),
      Promise.reject(new GraphQLError('lost')),
      Promise.reject('odd'),
    ]);
    expect(await run(ids, ada)).toEqual({
      data: { rooms: [{ id: 1 }, null, null, null, null, null] },
      errors: [
        expect.objectContaining({ message: 'gone', path: ['rooms', 3] }),
        expect.objectContaining({ message: 'lost', path: ['rooms', 4] }),
        expect.objectContaining({ message: 'Internal server error.', path: ['rooms', 5] }),
      ],
    });
    expect(mistakes).toEqual([]);
  });

  it('takes the answer with it where it must not be null', async () => {
    const { run } = listWorld(() => rooms, '[Room!]!');
    expect(await run(ids, ada)).toMatchObject({ data: null, errors: [internal] });
  });

  it('can fail as every field, with the error of its resolver', async () => {
    const thrown = listWorld(() => {
      throw new GraphQLError('down');
    });
    const rejected = listWorld(() => Promise.reject(new GraphQLError('down')));
    const returned = listWorld(() => new GraphQLError('down'));
    for (const { run, mistakes } of [thrown, rejected, returned]) {
      expect(await run(ids, ada)).toMatchObject({
        data: { rooms: null },
        errors: [{ message: 'down' }],
      });
      expect(mistakes).toEqual([]);
    }
  });
});

describe('a resolver that does not ask which rows', () => {
  const unasked = 'Query.rooms: its resolver did not ask which rows the viewer may see';

  it.each([
    { returned: 'rows of the viewer alone', value: [rooms[0]] },
    { returned: 'no rows', value: [] },
    { returned: 'null', value: null },
    { returned: 'a promise', value: Promise.resolve([]) },
  ])('delivers nothing, even $returned', async ({ value }) => {
    const { run, mistakes } = createRowsWorld({
      sdl: 'type Query { rooms: [Room] @auth(rows: [SELF]) } type Room { id: Int }',
      resolvers: () => ({ Query: { rooms: () => value } }),
    });
    expect(await run(ids, ada)).toMatchObject({ data: { rooms: null }, errors: [internal] });
    expect(mistakes).toEqual([unasked]);
  });

  it('may still ask after it has waited', async () => {
    const { run, mistakes } = createRowsWorld({
      sdl: 'type Query { rooms: [Room] @auth(rows: [SELF]) } type Room { id: Int }',
      resolvers: (rowsOf) => ({
        Query: {
          async rooms(_source, _args, _context, info) {
            await Promise.resolve();
            return select(rowsOf(info));
          },
        },
      }),
    });
    expect(await run(ids, ada)).toEqual({ data: { rooms: mine } });
    expect(mistakes).toEqual([]);
  });

  it('fails with the error that it returns or throws before it asks', async () => {
    for (const read of [
      () => new GraphQLError('down'),
      async () => new GraphQLError('down'),
      () => {
        throw new GraphQLError('down');
      },
    ]) {
      const { run, mistakes } = createRowsWorld({
        sdl: 'type Query { rooms: [Room] @auth(rows: [SELF]) } type Room { id: Int }',
        resolvers: () => ({ Query: { rooms: read } }),
      });
      expect(await run(ids, ada)).toMatchObject({
        data: { rooms: null },
        errors: [{ message: 'down' }],
      });
      expect(mistakes).toEqual([]);
    }
  });

  it('leaves the fields of its rows to other filters', async () => {
    const { run } = createRowsWorld({
      sdl: `type Query { rooms: [Room] @auth(rows: [SELF]) } type Room { id: Int, count: String }`,
      resolvers: (filterOf) => ({
        Query: { rooms: (_source, _args, _context, info) => select(filterOf(info)) },
        Room: { count: (_room, _args, _context, info) => JSON.stringify(filterOf(info) ?? null) },
      }),
    });
    expect(await run('{ rooms { id count } }', ada)).toEqual({
      data: { rooms: mine.map(({ id }) => ({ id, count: 'null' })) },
    });
  });

  it('fails with the error that its iterator throws', async () => {
    const { run, mistakes } = listWorld(function* (filter) {
      yield* select(filter).slice(0, 1);
      throw new GraphQLError('down');
    });
    expect(await run(ids, ada)).toMatchObject({
      data: { rooms: null },
      errors: [{ message: 'down' }],
    });
    expect(mistakes).toEqual([]);
  });

  it('delivers all rows to who is in one of the groups', async () => {
    const { run, mistakes } = createRowsWorld({
      sdl: 'type Query { rooms: [Room] @auth(requires: [ADMIN], rows: [SELF]) } type Room { id: Int }',
      resolvers: () => ({ Query: { rooms: () => rooms } }),
    });
    expect(await run(ids, boss)).toEqual({ data: { rooms: all } });
    expect(mistakes).toEqual([]);
  });

  it('delivers nothing where there is no resolver at all', async () => {
    const { authorization, mistakes } = createRowsWorld({
      sdl: 'type Query { rooms: [Room] @auth(rows: [SELF]) } type Room { id: Int }',
      resolvers: () => ({}),
    });
    const result = await execute({
      schema: authorization.schema,
      document: parse(ids),
      contextValue: { viewer: ada },
      rootValue: { rooms },
    });
    expect(result).toMatchObject({ data: { rooms: null } });
    expect(mistakes).toEqual([unasked]);
  });
});

describe('several clauses and policies', () => {
  const world = (field: string) =>
    createRowsWorld({
      sdl: `type Query { rooms: [Room] ${field} } type Room { id: Int }`,
      resolvers: (rowsOf) => ({
        Query: { rooms: (_source, _args, _context, info) => select(rowsOf(info)) },
      }),
    });

  it.each([
    { title: 'policies of one clause widen', field: '@auth(rows: [SELF, BOSS])', ids: [1, 2, 3] },
    {
      title: 'clauses narrow one after the other',
      field: '@auth(rows: [SELF]) @auth(rows: [BOSS])',
      ids: [1],
    },
    {
      title: 'a clause whose group the viewer is in narrows nothing',
      field: '@auth(requires: [USER], rows: [SELF]) @auth(rows: [BOSS])',
      ids: [1, 2],
    },
    {
      title: 'a clause without rows decides alone',
      field: '@auth(requires: [USER]) @auth(rows: [SELF])',
      ids: [1, 3],
    },
    {
      title: 'a policy in `or` of another clause still refuses the field',
      field: '@auth(or: [BOSS]) @auth(rows: [SELF])',
      ids: null,
    },
  ])('$title', async ({ field, ids: expected }) => {
    const { run, mistakes } = world(field);
    const viewer = named('ada', 'USER');
    const { data } = await run(ids, viewer);
    expect(data).toEqual({ rooms: expected?.map((id) => ({ id })) ?? null });
    expect(mistakes).toEqual([]);
  });

  it('of an interface hold for the fields of its objects', async () => {
    const { run } = createRowsWorld({
      sdl: `interface House { rooms: [Room] @auth(rows: [SELF]) }
        type Villa implements House { rooms: [Room] } type Room { id: Int }
        type Query { house: House @public villa: Villa @public }`,
      resolvers: (rowsOf) => ({
        Query: { house: () => ({ __typename: 'Villa' }), villa: () => ({}) },
        Villa: { rooms: (_source, _args, _context, info) => select(rowsOf(info)) },
      }),
    });
    expect(await run('{ house { rooms { id } } villa { rooms { id } } }', ada)).toEqual({
      data: { house: { rooms: mine }, villa: { rooms: mine } },
    });
  });
});

describe('the filter', () => {
  const filters: unknown[] = [];
  const record = (type: string) =>
    createRowsWorld({
      sdl: `type Query { rooms(max: Int): [Room] ${type} other: Int @public } type Room { id: Int }`,
      resolvers: (rowsOf) => ({
        Query: {
          rooms(_source, _args, _context, info) {
            filters.push(rowsOf(info), rowsOf({ ...info }));
            return [];
          },
          other: (_source, _args, _context, info) => (rowsOf(info) === undefined ? 1 : 0),
        },
      }),
    });

  it.each([
    { field: '@auth(rows: [SELF])', filter: { owner: 'ada' } },
    { field: '@auth(rows: [SELF, BOSS])', filter: { OR: [{ owner: 'ada' }, { maxId: 2 }] } },
    {
      field: '@auth(rows: [SELF]) @auth(rows: [BOSS])',
      filter: { AND: [{ owner: 'ada' }, { maxId: 2 }] },
    },
  ])('of $field is in the words of Prisma', async ({ field, filter }) => {
    filters.length = 0;
    await record(field).run(ids, ada);
    expect(filters).toEqual([filter, filter]);
  });

  it('is undefined for all rows, and for a field without rows', async () => {
    filters.length = 0;
    const { run } = record('@auth(requires: [ADMIN], rows: [SELF])');
    expect(await run('{ other rooms { id } }', boss)).toEqual({ data: { other: 1, rooms: [] } });
    expect(filters).toEqual([undefined, undefined]);
  });

  it('is combined as the application says', async () => {
    const given: unknown[] = [];
    const world = createRowsWorld({
      sdl: 'type Query { rooms: [Room] @auth(rows: [SELF, BOSS]) @auth(rows: [BOSS]) } type Room { id: Int }',
      combineFilters: {
        any: (parts) => `any of ${parts.map((part) => JSON.stringify(part))}`,
        all: (parts) => `all of ${parts.map((part) => JSON.stringify(part))}`,
      },
      resolvers: (_rowsOf, ask) => ({
        Query: {
          rooms(_source, _args, _context, info) {
            given.push(ask(info));
            return [];
          },
        },
      }),
    });
    await world.run(ids, ada);
    expect(given).toEqual([
      String.raw`all of "any of {\"owner\":\"ada\"},{\"maxId\":2}",{"maxId":2}`,
    ]);
  });

  it.each([
    { how: 'any', field: '@auth(rows: [SELF, BOSS])' },
    { how: 'all', field: '@auth(rows: [SELF]) @auth(rows: [BOSS])' },
  ])('that `combineFilters.$how` does not return is a mistake', async ({ how, field }) => {
    const { run, mistakes } = createRowsWorld({
      sdl: `type Query { rooms: [Room] ${field} } type Room { id: Int }`,
      combineFilters: { any: () => undefined, all: () => null },
      resolvers: (rowsOf) => ({
        Query: { rooms: (_source, _args, _context, info) => select(rowsOf(info)) },
      }),
    });
    expect(await run(ids, ada)).toMatchObject({ data: { rooms: null }, errors: [internal] });
    expect(mistakes).toEqual([`Query.rooms: \`combineFilters.${how}\` returned no filter`]);
  });

  it('is given the context and no arguments, and so is `admits`', async () => {
    const calls: unknown[] = [];
    const world = createRowsWorld({
      sdl: 'type Query { rooms(max: Int): [Room] @auth(rows: [SELF]) } type Room { id: Int }',
      policies: {
        ...policies,
        SELF: {
          reads: ['id'],
          admits(...given) {
            calls.push(['admits', ...given]);
            return true;
          },
          where(...given) {
            calls.push(['where', ...given]);
            return {};
          },
        },
      },
      resolvers: (rowsOf) => ({
        Query: { rooms: (_s, _a, _c, info) => select(rowsOf(info)).slice(0, 1) },
      }),
    });
    await world.run('{ rooms(max: 7) { id } }', ada);
    expect(calls).toEqual([
      ['where', ada, { viewer: ada }],
      ['admits', ada, rooms[0], { viewer: ada }],
    ]);
  });

  it('of an `info` that no guard has seen is an error that names the coordinate', async () => {
    const { rowsOf, run, authorization } = listWorld(select);
    const [parentType, fieldName] = [authorization.schema.getQueryType(), 'rooms'];
    if (!parentType) throw new Error('There is a query type.');
    const path = { key: 'rooms', prev: undefined, typename: 'Query' };
    expect(() => rowsOf({ parentType, fieldName, path })).toThrow(
      expect.objectContaining({
        message: 'Internal server error.',
        originalError: expect.objectContaining({
          coordinate: 'Query.rooms',
          message: 'Query.rooms: no guard has seen the `info` that was passed to `rowsOf`',
        }),
      }),
    );
    expect(await run(ids, ada)).toEqual({ data: { rooms: mine } });
  });
});

describe('a policy that fails', () => {
  type RowFunctions = Partial<
    Exclude<Policies<NamedViewer, RowsContext>[string], (...args: never) => unknown>
  >;

  const world = (
    self: RowFunctions,
    onPolicyError?: (error: unknown) => void,
    read: Read = select,
  ) => {
    const own = policies.SELF;
    if (typeof own !== 'object') throw new Error('It has two functions.');
    return createRowsWorld({
      sdl: 'type Query { rooms: [Room] @auth(rows: [SELF]) } type Room { id: Int }',
      policies: { ...policies, SELF: { ...own, ...self } },
      ...(onPolicyError === undefined ? {} : { onPolicyError }),
      resolvers: (rowsOf) => ({
        Query: { rooms: (_source, _args, _context, info) => read(rowsOf(info)) },
      }),
    });
  };
  const down = (): never => {
    throw new GraphQLError('down');
  };
  const notAdmitted = 'it returned a row that its policies do not allow the viewer to see';

  it.each<{ title: string; functions: RowFunctions; mistake: string }>([
    { title: '`admits` throws', functions: { admits: down }, mistake: notAdmitted },
    { title: '`admits` rejects', functions: { admits: async () => down() }, mistake: notAdmitted },
    {
      title: '`where` throws',
      functions: { where: down },
      mistake: 'the `where` of SELF threw an error',
    },
    {
      title: '`where` is asynchronous',
      functions: { where: async () => down() },
      mistake: 'the `where` of SELF returned a promise: it must not be asynchronous',
    },
    {
      title: '`where` is undefined',
      functions: { where: () => undefined },
      mistake: 'the `where` of SELF returned no filter',
    },
    {
      title: '`where` is null',
      functions: { where: () => null },
      mistake: 'the `where` of SELF returned no filter',
    },
  ])('delivers nothing: $title', async ({ functions, mistake }) => {
    const { run, mistakes } = world(functions);
    expect(await run(ids, ada)).toMatchObject({ data: { rooms: null }, errors: [internal] });
    expect(mistakes).toEqual([`Query.rooms: ${mistake}`]);
  });

  it('delivers nothing, though the resolver goes on without the filter', async () => {
    const { run, mistakes } = createRowsWorld({
      sdl: 'type Query { rooms: [Room] @auth(rows: [SELF]) } type Room { id: Int }',
      policies: { ...policies, SELF: { reads: [], admits: () => true, where: down } },
      resolvers: (rowsOf) => ({
        Query: {
          rooms(_source, _args, _context, info) {
            try {
              return select(rowsOf(info));
            } catch {
              return rooms;
            }
          },
        },
      }),
    });
    expect(await run(ids, ada)).toMatchObject({ data: { rooms: null }, errors: [internal] });
    expect(mistakes).toEqual(['Query.rooms: the `where` of SELF threw an error']);
  });

  it.each<{ title: string; functions: RowFunctions }>([
    { title: '`admits`', functions: { admits: down } },
    { title: '`admits`, late', functions: { admits: async () => down() } },
    { title: '`where`', functions: { where: down } },
  ])('answers with what onPolicyError throws: $title', async ({ functions }) => {
    const { run } = world(functions, () => {
      throw new GraphQLError('Try again.');
    });
    expect(await run(ids, ada)).toMatchObject({
      data: { rooms: null },
      errors: [{ message: 'Try again.' }],
    });
  });

  it('is asked asynchronously too', async () => {
    const functions: RowFunctions = {
      admits: async (viewer, row) =>
        select({ owner: viewer.name ?? '' }).some(({ id }) => id === row.id),
    };
    expect(await world(functions).run(ids, ada)).toEqual({ data: { rooms: mine } });
    const wide = world(functions, undefined, () => rooms);
    expect(await wide.run(ids, ada)).toMatchObject({ data: { rooms: null }, errors: [internal] });
  });
});

describe('a dry run', () => {
  const world = (read: Read) =>
    createRowsWorld({
      sdl: 'type Query { rooms: [Room] @auth(requires: [ADMIN], rows: [SELF]) } type Room { id: Int }',
      isDryRun: true,
      resolvers: (rowsOf) => ({
        Query: { rooms: (_source, _args, _context, info) => read(rowsOf(info)) },
      }),
    });

  it('delivers all rows, and reports once that some would be hidden', async () => {
    const { run, reported, mistakes } = world(select);
    expect(await run(ids, ada)).toEqual({ data: { rooms: all } });
    expect(reported).toEqual([
      {
        code: 'FORBIDDEN',
        reason: 'POLICY_DENIED',
        coordinate: 'Query.rooms',
        requires: [['ADMIN']],
        policies: [['SELF']],
      },
    ]);
    expect(mistakes).toEqual([]);
  });

  it('reports nothing when no row would be hidden, or nothing narrows', async () => {
    const { run, reported } = world(() => [rooms[0]]);
    expect(await run(ids, ada)).toEqual({ data: { rooms: [{ id: 1 }] } });
    expect(await run(ids, boss)).toEqual({ data: { rooms: [{ id: 1 }] } });
    expect(reported).toEqual([]);
  });
});
