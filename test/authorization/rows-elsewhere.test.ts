import { createAuthorization, type Viewer } from '@graphql-gatehouse/authorization';
import { makeExecutableSchema } from '@graphql-tools/schema';
import { type ExecutionResult, execute, parse, subscribe } from 'graphql';
import { describe, expect, it } from 'vitest';
import type { RowsOf } from '../../packages/authorization/src/enforcement/rows/ask-rows.ts';
import { withPolicies } from './fixtures.ts';
import {
  createRowsWorld,
  type NamedViewer,
  named,
  policies,
  type RowsContext,
  rooms,
  select,
} from './rows-world.ts';

const ada = named('ada');
const mine = [{ id: 1 }, { id: 3 }];
const internal = {
  message: 'Internal server error.',
  extensions: { code: 'INTERNAL_SERVER_ERROR' },
};

const types =
  'type Room { id: Int guests: [Guest] @auth(rows: [SELF]) } type Guest { name: String }';

/** A lenient host runs an operation in spite of refusals. */
describe('a narrowed field beside a refused one', () => {
  it('is delivered with lenient handling', async () => {
    const { authorization, run } = createRowsWorld({
      sdl: `type Query { rooms: [Room] @auth(requires: [ADMIN], rows: [SELF]) secret: Int @auth(requires: [ADMIN]) } ${types}`,
      resolvers: (rowsOf) => ({
        Query: { rooms: (_source, _args, _context, info) => select(rowsOf(info)) },
      }),
    });
    const text = '{ rooms { id } secret }';
    const denials = await authorization.authorizeOperation({
      document: parse(text),
      contextValue: { viewer: ada },
      isLenient: true,
    });
    expect(denials.map(({ denial }) => denial.coordinate)).toEqual(['Query.secret']);
    expect(await run(text, ada)).toMatchObject({ data: { rooms: mine, secret: null } });
  });
});

describe('a mutation', () => {
  it('returns the rows that the viewer may see, and no other', async () => {
    const world = (filters: boolean) =>
      createRowsWorld({
        sdl: `type Query { a: Int @public } type Mutation { closeAll: [Room] @auth(rows: [SELF]) } ${types}`,
        resolvers: (rowsOf) => ({
          Mutation: {
            closeAll(_source, _args, _context, info) {
              const filter = rowsOf(info);
              return select(filters ? filter : undefined);
            },
          },
        }),
      });
    const text = 'mutation { closeAll { id } }';
    expect(await world(true).run(text, ada)).toEqual({ data: { closeAll: mine } });
    const { run, mistakes } = world(false);
    expect(await run(text, ada)).toMatchObject({ data: { closeAll: null }, errors: [internal] });
    expect(mistakes).toHaveLength(1);
  });
});

describe('a subscription', () => {
  async function* events() {
    yield { rooms: [rooms[0]] };
    yield { rooms: [rooms[1]] };
    yield { rooms: [] };
  }

  const world = createRowsWorld({
    sdl: `type Query { a: Int @public }
      type Subscription {
        rooms: [Room] @auth(requires: [ADMIN], rows: [SELF])
        unasked: [Room] @auth(rows: [SELF])
        opened: Room @auth
      } ${types}`,
    resolvers: (rowsOf) => ({
      Subscription: {
        rooms: {
          subscribe(_source, _args, _context, info) {
            opened.push(rowsOf(info));
            return events();
          },
          resolve(event: { readonly rooms: unknown }, _args, _context, info) {
            rowsOf(info);
            return event.rooms;
          },
        },
        unasked: {
          async *subscribe() {
            yield { unasked: [rooms[0]] };
          },
        },
        opened: {
          async *subscribe() {
            yield { opened: rooms[0] };
          },
        },
      },
      Room: {
        guests(_source, _args, _context, info) {
          rowsOf(info);
          return rooms;
        },
      },
    }),
  });
  const opened: unknown[] = [];

  async function eventsOf(text: string, viewer: NamedViewer): Promise<readonly ExecutionResult[]> {
    const results: ExecutionResult[] = [];
    const stream = await subscribe({
      schema: world.authorization.schema,
      document: parse(text),
      contextValue: { viewer },
    });
    if (!(Symbol.asyncIterator in stream)) return [stream];
    for await (const result of stream) results.push(result);
    return JSON.parse(JSON.stringify(results));
  }

  it('can ask for the filter where it opens', async () => {
    opened.length = 0;
    await eventsOf('subscription { rooms { id } }', ada);
    await eventsOf('subscription { rooms { id } }', named('eve', 'ADMIN'));
    expect(opened).toEqual([{ owner: 'ada' }, undefined]);
  });

  it('delivers no event with a row that the viewer may not see', async () => {
    expect(await eventsOf('subscription { rooms { id } }', ada)).toEqual([
      { data: { rooms: [{ id: 1 }] } },
      { data: { rooms: null }, errors: [expect.objectContaining(internal)] },
      { data: { rooms: [] } },
    ]);
    expect(await eventsOf('subscription { rooms { id } }', named('eve', 'ADMIN'))).toEqual([
      { data: { rooms: [{ id: 1 }] } },
      { data: { rooms: [{ id: 2 }] } },
      { data: { rooms: [] } },
    ]);
  });

  it('delivers no event whose resolver did not ask', async () => {
    expect(await eventsOf('subscription { unasked { id } }', ada)).toMatchObject([
      { data: { unasked: null }, errors: [internal] },
    ]);
  });

  it('delivers nothing of a narrowed field below an event that has another row', async () => {
    expect(await eventsOf('subscription { opened { id guests { name } } }', ada)).toMatchObject([
      { data: { opened: { id: 1, guests: null } }, errors: [internal] },
    ]);
  });
});

describe('authorizeField', () => {
  it('refuses no viewer for rows, and leaves the filter of the call as it is', async () => {
    const asked: unknown[] = [];
    const world = createRowsWorld({
      sdl: `type Query { rooms: [Room] @auth(requires: [ADMIN], rows: [SELF]) } ${types}`,
      resolvers: (rowsOf) => ({
        Query: {
          async rooms(source, args, context, info) {
            const before = rowsOf(info);
            await world.authorization.authorizeField({ source, args, context }, info);
            asked.push(before, rowsOf(info));
            return select(before);
          },
        },
      }),
    });
    expect(await world.run('{ rooms { id } }', ada)).toEqual({ data: { rooms: mine } });
    expect(asked).toEqual([{ owner: 'ada' }, { owner: 'ada' }]);
  });
});

describe('rows of many parents', () => {
  it('fail without an unhandled rejection, where null may not stand', async () => {
    const unhandled: unknown[] = [];
    const listen = (reason: unknown) => unhandled.push(reason);
    process.on('unhandledRejection', listen);
    const world = createRowsWorld({
      sdl: `type Query { houses: [House!] @public } type Guest { name: String }
        type House { rooms: Rooms! @auth(rows: [SELF]) late: Int! }
        type Rooms { edges: [Edge!]! nodes: [Room!]! } type Edge { node: Room! } type Room { id: Int }`,
      resolvers: (rowsOf) => ({
        Query: { houses: () => [{}, {}, {}] },
        House: {
          rooms(_source, _args, _context, info) {
            rowsOf(info);
            return { edges: () => rooms.map((node) => ({ node: () => node })), nodes: () => rooms };
          },
          late: () => Promise.reject(new Error('late')),
        },
      }),
    });
    const text = '{ houses { late rooms { edges { node { id } } nodes { id } } } }';
    const { data, errors } = await world.run(text, ada);
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
    process.off('unhandledRejection', listen);
    expect(data).toEqual({ houses: null });
    expect(errors?.length).toBeGreaterThan(0);
    expect(unhandled).toEqual([]);
  });
});

describe('the error of a mistake', () => {
  type Options = Parameters<typeof createAuthorization<NamedViewer & Viewer, RowsContext>>[1];

  async function runWith(options: Partial<Options>, contextValue: RowsContext) {
    const rowsOf: RowsOf = (info) => authorization.rowsOf(info);
    const authorization = createAuthorization<NamedViewer & Viewer, RowsContext>(
      makeExecutableSchema({
        typeDefs: `${withPolicies} type Query { rooms: [Room] @auth(rows: [SELF]) } ${types}`,
        resolvers: {
          Query: {
            rooms(_source, _args, _context, info) {
              rowsOf(info);
              return rooms;
            },
          },
        },
      }),
      { policies, viewerOf: ({ viewer }) => viewer, ...options },
    );
    const { errors: [error] = [] } = await execute({
      schema: authorization.schema,
      document: parse('{ rooms { id } }'),
      contextValue,
    });
    expect(error?.message).toBe('Internal server error.');
    expect(error?.extensions).toEqual({ code: 'INTERNAL_SERVER_ERROR' });
  }

  it('names the coordinate for logs, and not for the client', async () => {
    const errors: unknown[] = [];
    const contextValue = { viewer: ada };
    await runWith(
      { onRowsError: (error, context) => errors.push([error.coordinate, error.name, context]) },
      contextValue,
    );
    expect(errors).toEqual([['Query.rooms', 'RowsError', contextValue]]);
  });

  it('has the error of a policy as its cause', async () => {
    const down = new Error('down');
    const causes: unknown[] = [];
    const where = () => {
      throw down;
    };
    await runWith(
      {
        policies: { ...policies, SELF: { reads: [], admits: () => true, where } },
        onRowsError: ({ cause }) => causes.push(cause),
      },
      { viewer: ada },
    );
    expect(causes).toEqual([down]);
  });

  it('is the same for the client without a listener', async () => {
    await runWith({}, { viewer: ada });
    const authorization = createAuthorization<NamedViewer & Viewer, RowsContext>(
      makeExecutableSchema({
        typeDefs: `${withPolicies} type Query { rooms: Rooms @auth(rows: [SELF]) }
          type Rooms { nodes: [Room] } ${types}`,
      }),
      { policies, viewerOf: ({ viewer }) => viewer },
    );
    const { schema } = authorization;
    // A field that lost its guard.
    Object.assign(schema.getQueryType()?.getFields().rooms ?? {}, { resolve: () => ({}) });
    const document = parse('{ rooms { nodes { id } } }');
    const { errors } = await execute({ schema, document, contextValue: { viewer: ada } });
    expect(errors).toMatchObject([{ ...internal, path: ['rooms', 'nodes'] }]);
  });
});
