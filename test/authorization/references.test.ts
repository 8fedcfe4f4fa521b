import {
  type AuthorizationOptions,
  createAdmit,
  createAuthorization,
  directiveTypeDefs,
  type Policies,
  type RowPolicy,
  type RowType,
  type Viewer,
} from '@graphql-gatehouse/authorization';
import { makeExecutableSchema } from '@graphql-tools/schema';
import { type ExecutionResult, execute, GraphQLError, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { anonymous } from './fixtures.ts';
import { type Filter, type NamedViewer, named, rooms, select } from './rows-world.ts';

interface References {
  readonly viewer: NamedViewer;
}

const policies = {
  SELF: {
    reads: ['owner'],
    admits: (viewer, { owner }) => owner === viewer.name,
    where: (viewer) => ({ owner: viewer.name }),
  },
  BOSS: {
    reads: ['id'],
    admits: (_viewer, { id }) => Number(id) <= 2,
    where: () => ({ maxId: 2 }),
  },
} satisfies Policies<NamedViewer, References>;

const typeDefs = `
  ${directiveTypeDefs()}
  enum Group { ADMIN }
  enum Policy { SELF BOSS }
  scalar RoomId @references(type: "Room")
  scalar Pair
  interface Node { id: ID! }
  type Room implements Node @auth(requires: [ADMIN], rows: [SELF]) { id: ID! sub(of: ID @references(type: "Room")): Int }
  type Door implements Node { id: ID! }
  type Tile { key: String }
  input Merge { from: ID! @references(type: "Room"), into: [ID!]! @references(type: "Room"), with: Merge }
  type Query {
    strict(id: ID! @references(type: "Room")): Room! @auth
    open(id: ID @references(type: "Room")): Int @public
    node(id: ID! = "2" @references(type: "Node")): Int @auth
    byScalar(id: RoomId): Int @auth
    tile(at: Pair @references(type: "Tile")): Int @auth
    rooms: [Room!]! @auth
    secret: Int @auth(requires: [ADMIN])
  }
  type Mutation {
    close(id: ID! @references(type: "Room", rows: [BOSS])): Int @auth
    merge(input: Merge!): Int @auth
    both(door: ID @references(type: "Door"), room: ID @references(type: "Room")): Int @auth
  }
  type Subscription { closed(id: ID! @references(type: "Room")): Int @auth }
`;

/** What the resolvers and `byIds` were called with, in order. */
type Calls = (readonly unknown[])[];

function world(
  types: Partial<Record<string, RowType<References>>> = {},
  report?: AuthorizationOptions<NamedViewer, References>['report'],
  self: Partial<RowPolicy<NamedViewer, References>> = {},
) {
  const calls: Calls = [];
  const ran = (name: string) => (_source: unknown, args: object) => {
    calls.push(['ran', name, args]);
    return 1;
  };
  const schema = makeExecutableSchema({
    typeDefs,
    resolvers: {
      Query: {
        strict: (_source, { id }) => rooms.find((room) => String(room.id) === id),
        open: ran('open'),
        node: ran('node'),
        byScalar: ran('byScalar'),
        tile: ran('tile'),
        rooms: () => rooms,
        secret: () => 1,
      },
      Room: { sub: ran('sub') },
      Mutation: { close: ran('close'), merge: ran('merge'), both: ran('both') },
      Subscription: {
        closed: {
          async *subscribe() {
            calls.push(['subscribed']);
            yield { closed: 1 };
          },
        },
      },
    },
  });
  const read = (
    name: string,
    rows: (where: unknown) => readonly unknown[],
  ): RowType<References> => ({
    byIds: (ids, { where }) => {
      calls.push(['read', name, ids, where]);
      return rows(where);
    },
  });
  const toFilter = (where: unknown): Filter | undefined =>
    where === undefined ? undefined : { ...Object(where) };
  const authorization = createAuthorization<NamedViewer, References>(schema, {
    policies: { ...policies, SELF: { ...policies.SELF, ...self } },
    viewerOf: ({ viewer }) => viewer,
    ...(report === undefined ? {} : { report }),
    types: {
      Room: read('Room', (where) => [...select(toFilter(where))].reverse()),
      Door: read('Door', () => [{ id: 7 }, { id: 7, second: true }, { id: 8 }]),
      Tile: { ...read('Tile', () => [{ x: 1, y: 2 }]), idOf: ({ x, y }) => ({ y, x }) },
      Node: read('Node', () => [
        ...rooms.map((room) => ({ ...room, __typename: 'Room' })),
        { id: 7, __typename: 'Door' },
        { id: 9 },
      ]),
      ...types,
    },
  });

  /** Asks as a host does: the operation is admitted before it runs. */
  async function ask(
    text: string,
    viewer: Viewer,
    { variableValues = {}, prefer }: { variableValues?: object; prefer?: string } = {},
  ): Promise<ExecutionResult> {
    const request = {
      document: parse(text),
      contextValue: { viewer },
      variableValues: { ...variableValues },
    };
    const admission = await createAdmit(authorization)({ ...request, prefer });
    if (admission.kind === 'answered') return JSON.parse(JSON.stringify(admission.result));
    const result = await authorization.execute({ schema: authorization.schema, ...request });
    return JSON.parse(JSON.stringify((await admission.finish(result)).result));
  }

  /** Asks on the guarded schema alone. */
  async function run(text: string, viewer: Viewer): Promise<ExecutionResult> {
    const request = { document: parse(text), contextValue: { viewer } };
    return JSON.parse(JSON.stringify(await execute({ schema: authorization.schema, ...request })));
  }
  return { ask, run, calls, authorization };
}

const ada = named('ada');
const admin = named('bob', 'ADMIN');

const missing = (coordinate: string, argument: string, ...path: readonly (string | number)[]) =>
  expect.objectContaining({
    message: 'Nothing with this id exists.',
    path,
    extensions: { code: 'NOT_FOUND', coordinate, argument },
  });

describe('an id with @references', () => {
  it('is refused before anything runs, with the same bytes when it is hidden and when it is missing', async () => {
    const { ask, calls } = world();
    const hidden = await ask('{ strict(id: 2) { id } }', ada);
    expect(hidden).toEqual({ errors: [missing('Query.strict(id:)', 'id', 'strict')] });
    expect(await ask('{ strict(id: 9) { id } }', ada)).toEqual(hidden);
    expect(calls.map(([kind]) => kind)).toEqual(['read', 'read']);
  });

  it('names a row that exists for the viewer', async () => {
    const { ask, calls } = world();
    expect(await ask('{ strict(id: 3) { id } }', ada)).toEqual({ data: { strict: { id: '3' } } });
    expect(await ask('{ strict(id: 2) { id } }', admin)).toEqual({ data: { strict: { id: '2' } } });
    expect(calls).toEqual([
      ['read', 'Room', ['3'], { owner: 'ada' }],
      ['read', 'Room', ['2'], undefined],
    ]);
  });

  it('is found in lists and input objects, in variables and defaults, and read once for each type', async () => {
    const { ask, calls } = world();
    const text = `mutation ($input: Merge!) {
      merge(input: $input)
      second: merge(input: { from: 1, into: 3 })
      both(door: 7, room: null)
    }`;
    const input = { from: 1, into: [3, 2, 9], with: { from: 4, into: [] } };
    const answer = await ask(text, ada, { variableValues: { input } });
    expect(answer).toEqual({
      errors: [
        missing('Merge.into', 'input.into.1', 'merge'),
        missing('Merge.from', 'input.with.from', 'merge'),
      ],
    });
    expect(calls).toEqual([
      ['read', 'Room', ['1', '3', '2', '9', '4'], { owner: 'ada' }],
      ['read', 'Door', ['7'], undefined],
    ]);
    const found = { ...input, into: [3], with: null };
    expect(await ask(text, ada, { variableValues: { input: found } })).toEqual({
      data: { merge: 1, second: 1, both: 1 },
    });
  });

  it('is read by its default, and by the run-time type of an interface', async () => {
    const { ask, calls } = world();
    expect(await ask('{ node }', ada)).toEqual({
      errors: [missing('Query.node(id:)', 'id', 'node')],
    });
    expect(await ask('{ node(id: 3) }', ada)).toEqual({ data: { node: 1 } });
    expect(await ask('{ node(id: 7) }', ada)).toEqual({ data: { node: 1 } });
    expect(await ask('{ node(id: 9) }', ada)).toEqual({
      errors: [missing('Query.node(id:)', 'id', 'node')],
    });
    expect(calls.filter(([kind]) => kind === 'read')).toHaveLength(4);
  });

  it('may be a scalar, and a composite value', async () => {
    const { ask } = world();
    expect(await ask('{ byScalar(id: "2") }', ada)).toEqual({
      errors: [missing('Query.byScalar(id:)', 'id', 'byScalar')],
    });
    expect(await ask('{ tile(at: { x: 1, y: 2 }) }', ada)).toEqual({ data: { tile: 1 } });
    expect(await ask('{ tile(at: { x: 2, y: 1 }) }', ada)).toEqual({
      errors: [missing('Query.tile(at:)', 'at', 'tile')],
    });
  });

  it('is read at every depth of the document', async () => {
    const { ask, calls } = world();
    expect(await ask('{ rooms { sub(of: 2) } }', ada)).toEqual({
      errors: [missing('Room.sub(of:)', 'of', 'rooms', 'sub')],
    });
    expect(await ask('{ rooms { sub(of: 1) } }', ada)).toEqual({
      data: { rooms: [{ sub: 1 }, { sub: 1 }] },
    });
    expect(calls.filter(([kind]) => kind === 'read')).toHaveLength(2);
  });

  it('refuses a row that its own policies do not admit, after rows that do not exist', async () => {
    const { ask, calls } = world();
    const denied = {
      code: 'FORBIDDEN',
      reason: 'POLICY_DENIED',
      coordinate: 'Mutation.close(id:)',
      argument: 'id',
      requires: [[]],
      policies: [['BOSS']],
    };
    const { errors = [], ...rest } = await ask('mutation { close(id: 3) }', ada);
    expect(rest).toEqual({});
    expect(errors).toMatchObject([{ path: ['close'], extensions: denied }]);
    expect(await ask('mutation { close(id: 1) }', ada)).toEqual({ data: { close: 1 } });
    expect(await ask('mutation { close(id: 3) b: close(id: 2) }', ada)).toEqual({
      errors: [missing('Mutation.close(id:)', 'id', 'b')],
    });
    expect(calls.filter(([kind]) => kind === 'ran')).toHaveLength(1);
  });

  it('is not read for a viewer who is refused before', async () => {
    const { ask, calls } = world();
    const { errors } = await ask('{ secret strict(id: 1) { id } }', ada);
    expect(errors).toMatchObject([{ extensions: { coordinate: 'Query.secret' } }]);
    expect(await ask('{ strict(id: 1) { id } }', anonymous)).toMatchObject({
      errors: [{ extensions: { code: 'UNAUTHENTICATED' } }],
    });
    expect(calls).toEqual([]);
  });

  it('is asked for the fields that lenient handling leaves', async () => {
    const { ask } = world();
    const prefer = 'handling=lenient';
    expect(await ask('{ secret open(id: 2) }', ada, { prefer })).toEqual({
      errors: [missing('Query.open(id:)', 'id', 'open')],
    });
    expect(await ask('{ secret open(id: 1) }', ada, { prefer })).toMatchObject({
      data: { secret: null, open: 1 },
      errors: [{ extensions: { coordinate: 'Query.secret' } }],
    });
  });

  it('names nothing for an anonymous viewer, where its type has a rule', async () => {
    const { ask, calls } = world();
    expect(await ask('{ open(id: 1) }', anonymous)).toEqual({
      errors: [missing('Query.open(id:)', 'id', 'open')],
    });
    expect(await ask('{ open }', anonymous)).toEqual({ data: { open: 1 } });
    expect(calls).toHaveLength(1);
  });

  it('is read when the operation is decided only', async () => {
    const { ask, calls } = world();
    const prefer = 'decide-only';
    expect(await ask('mutation { close(id: 2) }', ada, { prefer })).toEqual({
      extensions: {
        decision: {
          allowed: false,
          denials: [
            {
              code: 'NOT_FOUND',
              coordinate: 'Mutation.close(id:)',
              argument: 'id',
              path: ['close'],
            },
          ],
          depends: [],
          narrowed: [],
        },
      },
    });
    expect(calls).toEqual([['read', 'Room', ['2'], { owner: 'ada' }]]);
  });

  it('is read before the resolver on the guarded schema alone, also where a stream opens', async () => {
    const { run, calls, authorization } = world();
    expect(await run('mutation { close(id: 1) b: close(id: 2) }', ada)).toMatchObject({
      data: { close: 1, b: null },
      errors: [missing('Mutation.close(id:)', 'id', 'b')],
    });
    expect(calls.filter(([kind]) => kind === 'ran')).toHaveLength(1);
    const contextValue = { viewer: ada };
    const { schema } = authorization;
    const opened = await authorization.subscribe({
      schema,
      document: parse('subscription { closed(id: 2) }'),
      contextValue,
    });
    expect(opened).toMatchObject({ errors: [{ extensions: { code: 'NOT_FOUND' } }] });
    expect(calls).not.toContainEqual(['subscribed']);
  });

  it('is refused as too complex when there are more than 1,000', async () => {
    const { ask, calls } = world();
    const text = 'mutation ($ids: [ID!]!) { merge(input: { from: 1, into: $ids }) }';
    const ids = Array.from({ length: 1_000 }, () => 1);
    await expect(ask(text, ada, { variableValues: { ids } })).rejects.toThrow('more than 1000 ids');
    expect(calls).toEqual([]);
  });

  it('lists at most 20 that are missing', async () => {
    const { ask } = world();
    const fields = Array.from({ length: 25 }, (_, index) => `f${index}: open(id: 2)`);
    expect((await ask(`{ ${fields.join(' ')} }`, ada)).errors).toHaveLength(20);
  });
});

describe('`byIds`', () => {
  const select = (rows: readonly unknown[]) => world({ Room: { byIds: () => rows } });

  it.each([
    { rows: [] },
    { rows: [null, undefined, 5] },
    { rows: [rooms[0], rooms[3]] },
    { rows: [{ id: 3, owner: 'bob' }] },
    { rows: [{ id: 3 }] },
    { rows: [{ id: '3 ', owner: 'ada' }] },
    { rows: [{ owner: 'ada' }] },
  ])('never gives another row for an id when it returns $rows', async ({ rows }) => {
    const { ask } = select(rows);
    expect(await ask('{ open(id: 3) }', ada)).toEqual({
      errors: [missing('Query.open(id:)', 'id', 'open')],
    });
  });

  it('hides a row that its filter should have left out', async () => {
    const { ask } = select(rooms);
    expect(await ask('{ open(id: 2) }', ada)).toMatchObject({
      errors: [{ extensions: { code: 'NOT_FOUND' } }],
    });
    expect(await ask('{ open(id: 1) }', ada)).toEqual({ data: { open: 1 } });
  });

  it('finds an id that the database cannot read to be missing, and the others', async () => {
    const Room: RowType<References> = {
      byIds: (ids) => {
        if (ids.includes('x')) throw new TypeError('"x" is no number');
        return rooms;
      },
      isWrongId: (error) => error instanceof TypeError,
    };
    const { ask } = world({ Room });
    expect(await ask('{ open(id: "x") a: open(id: 1) }', ada)).toEqual({
      errors: [missing('Query.open(id:)', 'id', 'open')],
    });
  });

  it('fails the operation by an error that quotes nothing when it throws', async () => {
    const byIds = () => Promise.reject(new Error('secret 2'));
    const { ask, calls } = world({ Room: { byIds } });
    const failed = ask('mutation { close(id: 2) }', ada);
    await expect(failed).rejects.toThrow(GraphQLError);
    await expect(failed).rejects.not.toThrow('secret');
    expect(calls).toEqual([]);
  });
});

describe('rows by id, outside of fields', () => {
  it('are found in one read for each turn, context and type', async () => {
    const { authorization, calls } = world();
    const context = { viewer: ada };
    const found = await Promise.all([
      authorization.find('Room', 1, context),
      authorization.find('Room', '2', context),
      authorization.find('Room', '1', context),
      authorization.find('Room', 2, { viewer: admin }),
    ]);
    expect(found).toEqual([rooms[0], undefined, rooms[0], rooms[1]]);
    expect(calls).toEqual([
      ['read', 'Room', [1, '2'], { owner: 'ada' }],
      ['read', 'Room', [2], undefined],
    ]);
  });

  it('are all asked about in one turn, so that policies that read can batch', async () => {
    const batches: number[] = [];
    const batch: (() => void)[] = [];
    const answerTogether = () => {
      batches.push(batch.length);
      for (const answer of batch.splice(0)) answer();
    };
    const { authorization } = world({ Room: { byIds: () => rooms } }, undefined, {
      admits: (viewer, { owner }) =>
        new Promise<boolean>((resolve) => {
          if (batch.push(() => resolve(owner === viewer.name)) === 1) setImmediate(answerTogether);
        }),
    });
    const context = { viewer: ada };
    const ids = rooms.map(({ id }) => id);
    const found = await Promise.all(ids.map((id) => authorization.find('Room', id, context)));
    expect(found).toEqual(rooms.map((room) => (room.owner === 'ada' ? room : undefined)));
    expect(batches).toEqual([rooms.length]);
  });

  it('are all shown in a dry run, and what would be refused is reported', async () => {
    const reported: string[] = [];
    const { authorization, ask } = world({}, ({ coordinate, code }) =>
      reported.push(`${code} ${coordinate}`),
    );
    expect(authorization.filterOf('Room', { viewer: anonymous })).toBe(undefined);
    expect(await authorization.find('Room', 2, { viewer: ada })).toEqual(rooms[1]);
    expect(await ask('mutation { close(id: 9) }', ada)).toEqual({ data: { close: 1 } });
    expect(reported).toEqual(['NOT_FOUND Mutation.close(id:)']);
  });

  it('have a filter, which an anonymous viewer gets no access by', () => {
    const { authorization } = world();
    expect(authorization.filterOf('Room', { viewer: ada })).toEqual({ owner: 'ada' });
    expect(authorization.filterOf('Room', { viewer: admin })).toBe(undefined);
    expect(authorization.filterOf('Door', { viewer: anonymous })).toBe(undefined);
    expect(() => authorization.filterOf('Room', { viewer: anonymous })).toThrow(
      'Log in to access Room.',
    );
  });
});

describe('the start is refused', () => {
  const start = (sdl: string, types: readonly string[] = ['Room']) => {
    const byIds = () => [];
    return () =>
      createAuthorization<Viewer, object>(
        makeExecutableSchema({
          typeDefs: `${directiveTypeDefs()} enum Group { ADMIN } enum Policy { SELF BOSS } ${sdl}`,
        }),
        {
          policies: {
            SELF: { reads: [], admits: () => true, where: () => ({}) },
            BOSS: () => true,
          },
          viewerOf: () => anonymous,
          types: Object.fromEntries(types.map((name) => [name, { byIds }])),
        },
      );
  };
  const room = 'type Room @auth(rows: [SELF]) { id: ID }';

  it.each([
    {
      when: 'a type is unknown',
      sdl: `type Query { a(id: ID @references(type: "Rom")): Room @auth } ${room}`,
      problem: 'Query.a(id:): @references(type:): there is no type "Rom"',
    },
    {
      when: 'a type has no byIds',
      sdl: `type Query { a(id: ID @references(type: "Room")): Room @auth } ${room}`,
      types: [],
      problem: 'Query.a(id:): @references(type:): the type "Room" has no `byIds`',
    },
    {
      when: 'it stands on something that is no id',
      sdl: `type Query { a(id: Boolean @references(type: "Room")): Room @auth } ${room}`,
      problem: 'Query.a(id:): @references is allowed only on ids',
    },
    {
      when: 'a policy has one face',
      sdl: `type Query { a(id: ID @references(type: "Room", rows: [BOSS])): Room @auth } ${room}`,
      problem: 'Query.a(id:): @references(rows:): the policy BOSS has no `where`',
    },
    {
      when: 'a field of Query must return a row that a rule can hide',
      sdl: `type Query { a(id: ID): Room! @auth } ${room}`,
      problem: 'Query.a: it must not be null, and the rule of Room can hide it',
    },
  ])('when $when', ({ sdl, types, problem }) => {
    expect(start(sdl, types)).toThrow(problem);
  });

  it('not when the field of Query takes no arguments, or one that names the row', () => {
    expect(start(`type Query { a: Room! @auth } ${room}`)).not.toThrow();
    const named = `type Query { a(id: ID! @references(type: "Room")): Room! @auth } ${room}`;
    expect(start(named)).not.toThrow();
  });
});
