import { createAdmit } from '@graphql-gatehouse/authorization';
import { execute, parse, subscribe } from 'graphql';
import { describe, expect, it } from 'vitest';
import { anonymous } from './fixtures.ts';
import {
  createRowsWorld,
  type Filter,
  type NamedViewer,
  named,
  policies,
  type Room,
  rooms,
  select,
} from './rows-world.ts';

const ada = named('ada');
const admin = named('bob', 'ADMIN');

/** Rooms exist for administrators, and for their owners. */
const sdl = `
  type Room implements Node @auth(requires: [ADMIN], rows: [SELF]) { id: ID!, next: Room, floor: Floor }
  type Floor implements Node { id: ID!, rooms: [Room!]!, first: Room!, nested: [[Room]!]! }
  type RoomConnection { edges: [RoomEdge!]!, nodes: [Room!] }
  type RoomEdge { node: Room! }
  type Payload { room: Room, must: Room!, ok: Boolean }
  interface Node { id: ID! }
  union Found = Room | Floor
  type Query {
    room(id: ID): Room @public
    node(id: ID): Node @auth
    nodes(ids: [ID!]!): [Node]! @auth
    found: [Found!]! @auth
    rooms: [Room!]! @auth
    asked: [Room!]! @auth
    page(first: Int): [Room!]! @auth
    connection(ask: Boolean = true, id: ID): RoomConnection! @auth
    floor: Floor! @auth
  }
  type Mutation { touch(id: ID): Room @auth, payload(id: ID): Payload! @auth, strict(id: ID): Room! @auth }
  type Subscription { room: Room @auth, strictRoom: Room! @auth, some: [Room!]! @auth }
`;

const byId = (id: unknown) => rooms.find((room) => String(room.id) === String(id)) ?? null;
const floor = { __typename: 'Floor', id: 'F', rooms, first: rooms[1], nested: [rooms, [null]] };
const toNode = (id: unknown) =>
  id === 'F' ? floor : byId(id) && { ...byId(id), __typename: 'Room' };

async function* events<Value>(...values: readonly Value[]) {
  yield* values;
}

const own = {
  reads: ['owner'],
  where: (viewer: NamedViewer): Filter => ({ owner: viewer.name ?? '' }),
};

const world = (isDryRun = false, given: { promises?: boolean } = {}) => {
  const later = <Value>(value: Value) => (given.promises ? Promise.resolve(value) : value);
  return createRowsWorld({
    sdl,
    isDryRun,
    policies: {
      ...policies,
      SELF: { ...own, admits: (viewer, { owner }) => later(owner === viewer.name) },
    },
    resolvers: (filterOf) => ({
      Node: { __resolveType: (node: { __typename: string }) => node.__typename },
      Found: { __resolveType: (node: { __typename: string }) => node.__typename },
      Room: { next: ({ id }: Room) => later(byId(id + 1)), floor: () => floor },
      Query: {
        room: (_source, { id }) => later(byId(id)),
        node: (_source, { id }) => later(toNode(id)),
        nodes: (_source, { ids }) => later(ids.map(toNode)),
        found: () => later(['1', 'F', '2', '3'].map(toNode).map(later)),
        rooms: () => later(rooms.map(later)),
        asked: (_source, _args, _context, info) => {
          filterOf(info);
          return later(rooms);
        },
        page: () => later(rooms),
        connection: (_source, { ask, id }, _context, info) => {
          const filter: Filter | undefined = ask ? filterOf(info) : undefined;
          const found = id ? [byId(id)] : select(filter);
          return later({ edges: found.map((node) => ({ node })), nodes: found });
        },
        floor: () => later(floor),
      },
      Mutation: {
        touch: (_source, { id }) => later(byId(id)),
        strict: (_source, { id }) => later(byId(id)),
        payload: (_source, { id }) => later({ room: byId(id), must: byId(id), ok: true }),
      },
      Subscription: {
        room: {
          subscribe: () => events({ room: rooms[0] }, { room: rooms[1] }, { room: rooms[2] }),
        },
        strictRoom: { subscribe: () => events({ strictRoom: rooms[1] }, { strictRoom: rooms[2] }) },
        some: { subscribe: () => events({ some: rooms }, { some: [rooms[1]] }) },
      },
    }),
  });
};

/** Runs an operation by graphql-js and by compiled execution, which must agree to the byte, and finishes the result. */
async function ask(text: string, viewer: NamedViewer, { promises = false } = {}) {
  const { authorization } = world(false, { promises });
  const document = parse(text);
  const request = { document, contextValue: { viewer } };
  const admission = await createAdmit(authorization)(request);
  if (admission.kind === 'answered') return JSON.parse(JSON.stringify(admission.result));
  const results: unknown[] = [];
  const plain = await execute({ schema: authorization.schema, ...request });
  for (let times = 0; times < 3; times += 1) {
    const compiled = await authorization.execute({ schema: authorization.schema, ...request });
    results.push(JSON.parse(JSON.stringify((await admission.finish(compiled)).result)));
  }
  const finished = await admission.finish(plain);
  const answer = JSON.parse(JSON.stringify(finished.result));
  for (const result of results) expect(result).toEqual(answer);
  return answer;
}

const denied = (coordinate: string, ...path: readonly (string | number)[]) =>
  expect.objectContaining({
    path,
    extensions: expect.objectContaining({
      code: 'FORBIDDEN',
      reason: 'POLICY_DENIED',
      coordinate,
      requires: [['ADMIN']],
      policies: [['SELF']],
    }),
  });

describe.each([{ promises: false }, { promises: true }])(
  'a rule of a type (promises: $promises)',
  (how) => {
    const asked = (text: string, viewer: NamedViewer) => ask(text, viewer, how);

    it('hides a value of a nullable field like one that does not exist', async () => {
      expect(await asked('{ room(id: 2) { id } }', ada)).toEqual({ data: { room: null } });
      expect(await asked('{ room(id: 77) { id } }', ada)).toEqual({ data: { room: null } });
      expect(await asked('{ room(id: 1) { id next { id } } }', ada)).toEqual({
        data: { room: { id: '1', next: null } },
      });
    });

    it('holds for the run-time types of interfaces and unions, also for `__typename` alone', async () => {
      expect(await asked('{ node(id: 2) { __typename } }', ada)).toEqual({ data: { node: null } });
      expect(await asked('{ node(id: 3) { __typename id } }', ada)).toEqual({
        data: { node: { __typename: 'Room', id: '3' } },
      });
      expect(await asked('{ found { __typename ... on Room { id } } }', ada)).toEqual({
        data: {
          found: [
            { __typename: 'Room', id: '1' },
            { __typename: 'Floor' },
            { __typename: 'Room', id: '3' },
          ],
        },
      });
    });

    it('leaves hidden rows out of lists, from the innermost', async () => {
      expect(await asked('{ rooms { id } floor { rooms { id } nested { id } } }', ada)).toEqual({
        data: {
          rooms: [{ id: '1' }, { id: '3' }],
          floor: {
            rooms: [{ id: '1' }, { id: '3' }],
            nested: [[{ id: '1' }, { id: '3' }], [null]],
          },
        },
      });
    });

    it('puts null in the place of a hidden row where a list of ids was given', async () => {
      expect(await asked('{ nodes(ids: ["1", "2", "F", "9"]) { id } }', ada)).toEqual({
        data: { nodes: [{ id: '1' }, null, { id: 'F' }, null] },
      });
    });

    it('refuses a hidden value that must not be null', async () => {
      expect(await asked('{ floor { id first { id } } }', ada)).toEqual({
        errors: [denied('Floor.first', 'floor', 'first')],
      });
    });

    it.each([
      '{ page(first: 2) { id } }',
      '{ asked { id } }',
      '{ connection(ask: false) { nodes { id } } }',
      '{ connection(ask: false, id: 1) { nodes { id } } }',
      '{ connection(id: 2) { edges { node { id } } } }',
    ])('fails %s, which has to be read with the filter and was not', async (text) => {
      const { errors, data } = await asked(text, ada);
      expect(data ?? null).toBe(null);
      expect(errors).toEqual([
        expect.objectContaining({ extensions: { code: 'INTERNAL_SERVER_ERROR' } }),
      ]);
    });

    it('gives connections the rows of the filter', async () => {
      expect(await asked('{ connection { edges { node { id } } nodes { id } } }', ada)).toEqual({
        data: {
          connection: {
            edges: [{ node: { id: '1' } }, { node: { id: '3' } }],
            nodes: [{ id: '1' }, { id: '3' }],
          },
        },
      });
    });

    it('reports the hidden result of a mutation, whose effect has happened', async () => {
      expect(await asked('mutation { touch(id: 2) { id } }', ada)).toEqual({
        data: { touch: null },
        errors: [denied('Mutation.touch', 'touch')],
      });
      expect(await asked('mutation { strict(id: 2) { id } }', ada)).toEqual({
        data: null,
        errors: [denied('Mutation.strict', 'strict')],
      });
      expect(await asked('mutation { payload(id: 2) { ok room { id } } }', ada)).toEqual({
        data: { payload: { ok: true, room: null } },
      });
    });

    it('hides nothing from who is in one of the groups', async () => {
      expect(
        await asked(
          '{ page(first: 2) { id } floor { first { id } } node(id: 2) { id } room(id: 2) { next { id } } }',
          admin,
        ),
      ).toEqual({
        data: {
          page: rooms.map(({ id }) => ({ id: String(id) })),
          floor: { first: { id: '2' } },
          node: { id: '2' },
          room: { next: { id: '3' } },
        },
      });
    });

    it('asks an anonymous viewer to log in', async () => {
      const { errors, ...rest } = await asked('{ room(id: 1) { id } }', anonymous);
      expect(rest).toEqual({});
      expect(errors).toMatchObject([
        { extensions: { code: 'UNAUTHENTICATED', coordinate: 'Query.room' } },
      ]);
    });
  },
);

describe('a rule of a type', () => {
  it('hides the events of a subscription on the guarded schema', async () => {
    const { authorization } = world();
    const collect = async (text: string) => {
      const found = await subscribe({
        schema: authorization.schema,
        document: parse(text),
        contextValue: { viewer: ada },
      });
      const results: unknown[] = [];
      if (Symbol.asyncIterator in found) for await (const each of found) results.push(each);
      return JSON.parse(JSON.stringify(results));
    };
    expect(await collect('subscription { room { id } }')).toEqual([
      { data: { room: { id: '1' } } },
      { data: { room: null } },
      { data: { room: { id: '3' } } },
    ]);
    expect(await collect('subscription { strictRoom { id } }')).toEqual([
      { data: null, errors: [denied('Subscription.strictRoom', 'strictRoom')] },
      { data: { strictRoom: { id: '3' } } },
    ]);
    expect(await collect('subscription { some { id } }')).toEqual([
      { data: { some: [{ id: '1' }, { id: '3' }] } },
      { data: { some: [] } },
    ]);
  });

  it('drops the events that it hides, in the subscriptions of the library', async () => {
    const { authorization } = world();
    const collect = async (text: string) => {
      const found = await authorization.subscribe({
        schema: authorization.schema,
        document: parse(text),
        eventContext: async () => ({ viewer: ada }),
        contextValue: { viewer: ada },
      });
      const results: unknown[] = [];
      if (Symbol.asyncIterator in found) for await (const each of found) results.push(each);
      return JSON.parse(JSON.stringify(results));
    };
    expect(await collect('subscription { room { id } }')).toEqual([
      { data: { room: { id: '1' } } },
      { data: { room: { id: '3' } } },
    ]);
    expect(await collect('subscription { strictRoom { id } }')).toEqual([
      { data: { strictRoom: { id: '3' } } },
    ]);
    expect(await collect('subscription { some { id } }')).toEqual([
      { data: { some: [{ id: '1' }, { id: '3' }] } },
    ]);
  });

  it('names the coordinate of a resolver that had to filter', async () => {
    const { run, mistakes } = world();
    await run('{ page(first: 2) { id } }', ada);
    await run('{ connection(ask: false) { nodes { id } } }', ada);
    expect(mistakes).toEqual([
      'Query.page: it returned a row that its policies do not allow the viewer to see',
      'Query.connection: its resolver did not ask which rows the viewer may see',
    ]);
  });

  it('shows and reports hidden rows in a dry run, once for each coordinate', async () => {
    const { run, reported } = world(true);
    expect(await run('{ rooms { id } room(id: 2) { id } }', ada)).toEqual({
      data: { rooms: rooms.map(({ id }) => ({ id: String(id) })), room: { id: '2' } },
    });
    expect(reported.map(({ coordinate, reason }) => [coordinate, reason])).toEqual([
      ['Query.rooms', 'POLICY_DENIED'],
      ['Query.room', 'POLICY_DENIED'],
    ]);
  });

  it('is decided as `narrowed`, and as `depends` where a hidden value refuses the operation', async () => {
    const { authorization } = world();
    const decide = async (text: string, viewer: NamedViewer) => {
      const contextValue = { viewer };
      return authorization.decideOperation({ document: parse(text), contextValue });
    };
    const text =
      '{ rooms { id } node(id: 1) { id } floor { first { id } } connection { edges { node { id } } } }';
    expect(await decide(text, ada)).toEqual({
      kind: 'decided',
      decision: {
        allowed: true,
        denials: [],
        depends: ['Floor.first'],
        narrowed: ['Query.rooms', 'Query.node', 'Floor.first', 'Query.connection', 'RoomEdge.node'],
      },
    });
    expect(await decide(text, admin)).toMatchObject({ decision: { depends: [], narrowed: [] } });
  });

  it.each([
    { text: '{ found { ... on Room { id } } }', narrowed: ['Query.found'] },
    {
      text: '{ node(id: 1) { id } found { ... on Room { id } } }',
      narrowed: ['Query.node', 'Query.found'],
    },
    {
      text: '{ floor { id } found { ... on Floor { rooms { id } } } }',
      narrowed: ['Query.found', 'Floor.rooms'],
    },
  ])(
    'is decided as `narrowed` by the fields that return its values: $text',
    async ({ text, narrowed }) => {
      const request = { document: parse(text), contextValue: { viewer: ada } };
      expect(await world().authorization.decideOperation(request)).toMatchObject({
        decision: { narrowed, depends: [] },
      });
    },
  );

  it('is named as a type only where a fragment of the field names it', async () => {
    const { authorization } = createRowsWorld({
      sdl: `
        type Note { id: ID }
        type Secret @auth(requires: [ADMIN]) { id: ID }
        union Any = Note | Secret
        type Query { one: Any @auth, other: Any @auth }
      `,
      resolvers: () => ({ Any: { __resolveType: () => 'Note' } }),
    });
    const depends = async (text: string) => {
      const request = { document: parse(text), contextValue: { viewer: ada } };
      return authorization.decideOperation(request);
    };
    expect(
      await depends('{ one { __typename } other { ... on Secret { __typename } } }'),
    ).toMatchObject({
      decision: { depends: ['Query.one', 'Secret'] },
    });
    expect(
      await depends(
        '{ one { ... on Secret @skip(if: true) { id } ...F } } fragment F on Any { __typename }',
      ),
    ).toMatchObject({ decision: { depends: ['Query.one'] } });
  });
});
