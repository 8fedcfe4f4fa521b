import type { GraphQLResolveInfo } from 'graphql';
import { describe, expect, it } from 'vitest';
import { useHosts } from './library-hosts.ts';
import {
  createRowsWorld,
  type NamedViewer,
  named,
  type RowsContext,
  rooms,
  select,
} from './rows-world.ts';

async function* slowly(values: readonly unknown[]) {
  yield* values;
}

/** A page whose rows are made after it was returned, with hidden ones. */
const lateRooms =
  (filterOf: (info: GraphQLResolveInfo) => unknown) =>
  (_source: unknown, _args: unknown, _context: RowsContext, info: GraphQLResolveInfo) => {
    filterOf(info);
    return { totalCount: rooms.length, edges: () => rooms.map((node) => ({ node })) };
  };

const { authorization, mistakes } = createRowsWorld({
  sdl: `type Query {
      rooms: [Room] @auth(requires: [ADMIN], rows: [SELF])
      slow: [Room] @auth(requires: [ADMIN], rows: [SELF])
      wrongSlow: [Room] @auth(rows: [SELF])
      nested: [[Room]] @auth(rows: [SELF])
      wrong: Rooms @auth(rows: [SELF])
      late: Rooms @auth(rows: [SELF])
      levels: [Level] @public
    }
    type Mutation { close: Rooms @auth(rows: [SELF]) }
    type Room { id: Int secret: Int @auth(requires: [ADMIN], or: [BOSS]) }
    type Rooms { edges: [Edge], totalCount: Int } type Edge { node: Room }
    enum Level { LOW HIGH @auth(requires: [ADMIN]) }`,
  resolvers: (filterOf) => ({
    Query: {
      rooms: (_source, _args, _context, info) => select(filterOf(info)),
      slow: async function* (_source, _args, _context, info) {
        yield* select(filterOf(info));
      },
      wrongSlow: async function* (_source, _args, _context, info) {
        filterOf(info);
        yield* rooms;
      },
      nested: (_source, _args, _context, info) => [slowly(select(filterOf(info)))],
      wrong(_source, _args, _context, info) {
        filterOf(info);
        return { totalCount: rooms.length, edges: rooms.map((node) => ({ node })) };
      },
      late: lateRooms(filterOf),
      levels: () => slowly(['LOW', 'HIGH', 'LOW']),
    },
    Mutation: { close: lateRooms(filterOf) },
  }),
});

const hosts = useHosts(authorization);

describe.each(hosts)('$name', (host) => {
  const send = (query: string, viewer: NamedViewer, prefer?: string) =>
    host.ask(query, { viewer }, prefer === undefined ? {} : { prefer });
  const ask = async (query: string, viewer: NamedViewer) => (await send(query, viewer)).body;

  it('answers with the rows of the viewer', async () => {
    expect(await ask('{ rooms { id } }', named('ada'))).toMatchObject({
      data: { rooms: [{ id: 1 }, { id: 3 }] },
    });
    expect(await ask('{ rooms { id } }', named('eve', 'ADMIN'))).toMatchObject({
      data: { rooms: [{ id: 1 }, { id: 2 }, { id: 3 }, { id: 4 }] },
    });
  });

  it('answers a mistake with an internal error that says nothing of it', async () => {
    mistakes.length = 0;
    const answer = await ask(
      '{ wrong { totalCount edges { node { id } } } rooms { id } }',
      named('ada'),
    );
    expect(answer).toMatchObject({
      data: { wrong: null, rooms: [{ id: 1 }, { id: 3 }] },
      errors: [
        {
          message: expect.stringMatching(/^(Internal server|Unexpected) error\.$/),
          path: ['wrong'],
          extensions: { code: 'INTERNAL_SERVER_ERROR' },
        },
      ],
    });
    expect(JSON.stringify(answer)).not.toContain('admit');
    expect(mistakes).toEqual([
      'Query.wrong: it returned a row that its policies do not allow the viewer to see',
    ]);
  });

  const failure = {
    message: expect.stringMatching(/^(Internal server|Unexpected) error\.$/),
    extensions: { code: 'INTERNAL_SERVER_ERROR' },
  };

  it.each([undefined, 'handling=lenient'])(
    'answers 500 without data when a row is found to be hidden after its page: prefer %s',
    async (prefer) => {
      mistakes.length = 0;
      const query = '{ rooms { id secret } late { totalCount edges { node { id } } } }';
      const { status, body } = await send(query, named('bob'), prefer);
      expect({ status, body }).toEqual({
        status: 500,
        body: { errors: [expect.objectContaining({ ...failure, path: expect.any(Array) })] },
      });
      expect(mistakes).toHaveLength(1);
    },
  );

  it('answers a mutation with null, since its effect has happened', async () => {
    const query = 'mutation { close { totalCount edges { node { id } } } }';
    expect(await send(query, named('ada'))).toMatchObject({
      status: 200,
      body: { data: null, errors: [failure] },
    });
  });

  it('answers 403 when a field is refused while it runs too', async () => {
    const query = '{ rooms { secret } late { totalCount edges { node { id } } } }';
    const { status, body } = await send(query, named('ada'));
    expect(status).toBe(403);
    expect(body).toMatchObject({ errors: [{ extensions: { code: 'FORBIDDEN' } }] });
    expect(JSON.stringify(body)).not.toContain('totalCount');
  });
});

describe('where the executor of the host accepts asynchronous iterables', () => {
  const yoga = hosts.find(({ name }) => name === 'GraphQL Yoga');
  const askYoga = async (query: string, viewer: NamedViewer) =>
    (await yoga?.ask(query, { viewer }))?.body;

  it('a list can be one, and is checked while it is read', async () => {
    expect(await askYoga('{ slow { id } nested { id } }', named('ada'))).toMatchObject({
      data: { slow: [{ id: 1 }, { id: 3 }], nested: [[{ id: 1 }, { id: 3 }]] },
    });
    mistakes.length = 0;
    const answer = await askYoga('{ wrongSlow { id } }', named('ada'));
    expect(JSON.stringify(answer)).not.toMatch(/"id":[24]/);
    expect(mistakes).toHaveLength(1);
  });

  it('its enum values are guarded', async () => {
    expect(await askYoga('{ levels }', named('eve', 'ADMIN'))).toEqual({
      data: { levels: ['LOW', 'HIGH', 'LOW'] },
    });
    expect(await askYoga('{ levels }', named('ada'))).toMatchObject({
      errors: [{ path: ['levels', 1], extensions: { code: 'FORBIDDEN' } }],
    });
  });
});
