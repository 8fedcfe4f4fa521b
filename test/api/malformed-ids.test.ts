import { randomUUID } from 'node:crypto';
import { defineDomain, type GatehouseContext } from 'graphql-gatehouse';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PrismaClient } from '../../examples/rooms/src/generated/prisma/client.ts';
import { startWithDomain } from '../support/start-with-domain.ts';
import type { TestServer, TestUser } from '../support/test-server.ts';

type Load = Readonly<Record<'things', (id: string) => Promise<object | null>>>;
type Context = GatehouseContext<PrismaClient, Load>;
type ReadContext = Pick<Context, 'db'>;
interface Ids {
  readonly ids: readonly string[];
}

/** How many statements read things, and the most that ran at a time. */
let statements = 0;
let running = 0;
let mostRunning = 0;

/** Every well-formed id names a thing. */
async function readThings(ids: readonly string[], { db }: ReadContext): Promise<{ id: string }[]> {
  statements += 1;
  running += 1;
  mostRunning = Math.max(mostRunning, running);
  try {
    return await db.$queryRaw<{ id: string }[]>`
      SELECT id::text FROM unnest(${[...ids]}::uuid[]) AS id`;
  } finally {
    running -= 1;
  }
}

const things = defineDomain<Context>({
  name: 'thing',
  typeDefs: `
    "A thing."
    type Thing {
      "Its id."
      id: ID!
    }
    extend type Query {
      "Things by \`find\`."
      foundThings("Their ids." ids: [ID!]!): [Thing]! @auth
      "Things by a loader."
      loadedThings("Their ids." ids: [ID!]!): [Thing]! @auth
    }
    extend type Mutation {
      "Removes things."
      removeThings("Their ids." ids: [ID!]! @references(type: "Thing")): Int! @auth
    }`,
  resolvers: {
    Query: {
      foundThings: (_query, { ids }: Ids, { find }: Context) =>
        Promise.all(ids.map((id) => find('Thing', id))),
      loadedThings: (_query, { ids }: Ids, { load }: Context) =>
        Promise.all(ids.map((id) => load.things(id))),
    },
    Mutation: { removeThings: (_mutation, { ids }: Ids) => ids.length },
  },
  types: { Thing: { byIds: readThings } },
  loaders: { things: { one: readThings } },
});

let server: TestServer;
let user: TestUser;
beforeAll(async () => {
  server = await startWithDomain(things);
  user = await server.aUser('STAFF');
});
afterAll(() => server.stop());

const idsOf = (length: number, malformed: readonly number[] = []): readonly string[] =>
  Array.from({ length }, (_, index) => (malformed.includes(index) ? `${index}` : randomUUID()));
const ids = idsOf(490);
const withOne = ids.with(17, 'malformed');
const withMany = idsOf(490, [...Array(245).keys()]);

async function ask(query: string, variables: Readonly<Record<string, unknown>>) {
  statements = 0;
  mostRunning = 0;
  const answer = await server.ask(query, { token: user.accessToken, variables });
  return { ...answer, statements, mostRunning };
}

const tooMany = {
  message: 'The operation has too many malformed ids.',
  extensions: { code: 'OPERATION_TOO_COMPLEX' },
};

describe('malformed ids in arguments with @references', () => {
  const remove =
    'mutation ($a: [ID!]!, $b: [ID!]!) { a: removeThings(ids: $a) b: removeThings(ids: $b) }';

  it('are missing, and found by few statements, one at a time', async () => {
    const answer = await ask(remove, { a: ids, b: withOne });
    expect(answer).toMatchObject({
      status: 404,
      data: undefined,
      errors: [{ path: ['b'], extensions: { code: 'NOT_FOUND', argument: 'ids.17' } }],
      mostRunning: 1,
    });
    expect(answer.statements).toBeLessThanOrEqual(21);
  });

  it('are refused with 400 after 64 statements, if they are many', async () => {
    expect(await ask(remove, { a: ids, b: withMany })).toMatchObject({
      status: 400,
      data: undefined,
      errors: [tooMany],
      statements: 64,
      mostRunning: 1,
    });
  });

  it('are refused in a decision too', async () => {
    const variables = { a: ids, b: withMany };
    const headers = { prefer: 'decide-only' };
    const answer = await server.ask(remove, { token: user.accessToken, variables, headers });
    expect(answer).toMatchObject({ status: 400, errors: [tooMany] });
  });
});

describe('malformed ids that resolvers find', () => {
  const find =
    'query ($a: [ID!]!, $b: [ID!]!) { a: foundThings(ids: $a) { id } b: foundThings(ids: $b) { id } }';

  it('are null, and found by few statements, one at a time', async () => {
    const answer = await ask(find, { a: ids, b: withOne });
    expect(answer).toMatchObject({ status: 200, errors: [], mostRunning: 1 });
    expect(answer.data.b.indexOf(null)).toBe(17);
    expect(answer.statements).toBeLessThanOrEqual(21);
  });

  it('are an error of the field after 64 statements, if they are many', async () => {
    const answer = await ask(find, { a: ids, b: withMany });
    expect(answer).toMatchObject({
      status: 400,
      data: null,
      errors: [{ ...tooMany, path: ['a'] }],
      statements: 64,
      mostRunning: 1,
    });
    expect(answer.errors[0].extensions).toEqual(tooMany.extensions);
  });
});

describe('malformed ids that resolvers load', () => {
  const load = 'query ($of: [ID!]!) { loadedThings(ids: $of) { id } }';

  it('are an error, and found by few statements, one at a time', async () => {
    const answer = await ask(load, { of: withOne });
    expect(answer).toMatchObject({
      status: 400,
      data: null,
      errors: [{ path: ['loadedThings'], extensions: { code: 'BAD_USER_INPUT' } }],
      mostRunning: 1,
    });
    expect(answer.statements).toBeLessThanOrEqual(21);
  });

  it('are refused after 64 statements, if they are many, while others are answered', async () => {
    const attack = ask(load, { of: withMany });
    const neighbour = await server.aUser('STAFF');
    for (let time = 0; time < 5; time += 1) {
      const variables = { of: ids.slice(0, 3) };
      const answer = await server.ask(load, { token: neighbour.accessToken, variables });
      expect(answer).toMatchObject({ status: 200, errors: [] });
    }
    expect(await attack).toMatchObject({ status: 400, errors: [tooMany] });
  });
});
