import { defineDomain, definePolicy, type GatehouseContext } from 'graphql-gatehouse';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { PrismaClient } from '../../examples/rooms/src/generated/prisma/client.ts';
import { startWithDomain } from '../support/start-with-domain.ts';
import type { TestServer, TestUser } from '../support/test-server.ts';

type Context = GatehouseContext<PrismaClient>;
type Args = { readonly id: string };
type Info = Parameters<Context['rows']>[0];
interface Row {
  readonly id: string;
  readonly owner: string;
}

const start = Date.parse('2026-05-01T12:00:00Z');
let nowMs = start;
const safes: Row[] = [];
let worked = 0;

const ownsSafe = definePolicy({
  reads: ['owner'],
  admits: (viewer, { owner }: Pick<Row, 'owner'>) =>
    viewer.kind === 'user' && viewer.userId === owner,
  where: () => ({}),
});

/** Time passes in the work of a change. */
const work = async () => {
  nowMs += 70_000;
  worked += 1;
  return true;
};

const vaults = defineDomain<Context>({
  name: 'vaults',
  typeDefs: /* GraphQL */ `
    extend enum Policy { SAFE_OWNER }
    "Has an owner." type Safe @auth(requires: [MANAGER], rows: [SAFE_OWNER], maxAge: 60) { "Its id." id: ID! }
    "Has an owner." type Shelf @auth(requires: [MANAGER], rows: [SAFE_OWNER]) { "Its id." id: ID! }
    "Either." union Stored = Safe | Shelf
    "An edge." type StoredEdge { "A row." node: Stored }
    "A page." type StoredConnection { "The rows." edges: [StoredEdge!] "How many." totalCount: Int }
    extend type Query {
      "Finds one." safe(id: ID!): Stored @auth
      "A page." stored: StoredConnection @auth
      "A page of shelves." shelves: StoredConnection @auth
      "A sum." sum: Boolean @auth
    }
    extend type Mutation {
      "Changes one." openSafe(id: ID! @references(type: "Safe")): Boolean! @auth
      "Makes one." makeSafe(id: ID!): Boolean @auth
    }
  `,
  resolvers: {
    Stored: { __resolveType: () => 'Safe' },
    Query: {
      safe: (_query: unknown, { id }: Args, { find }: Context) => find<Row>('Safe', id),
      stored: (_query: unknown, _args: unknown, { page }: Context, info: Info) =>
        page(Object(info), { read: async () => safes, count: async () => safes.length }, {}),
      shelves(_query: unknown, _args: unknown, { rows }: Context, info: Info) {
        rows(info, 'Shelf');
        return { edges: [], totalCount: 0 };
      },
      sum(_query: unknown, _args: unknown, { filterOf }: Context) {
        filterOf('Safe');
        return true;
      },
    },
    Mutation: {
      openSafe: (_mutation: unknown, _args: unknown, { change }: Context) =>
        change({ action: 'safe.opened' }, work),
      makeSafe: (_mutation: unknown, { id }: Args, { change }: Context) =>
        change({ action: 'safe.made' }, work, { writes: { Safe: () => [id] } }),
    },
  },
  policies: { SAFE_OWNER: ownsSafe },
  types: {
    Safe: { byIds: async (ids: readonly string[]) => safes.filter(({ id }) => ids.includes(id)) },
  },
});

let server: TestServer;
let owner: TestUser;
let manager: TestUser;
beforeAll(async () => {
  server = await startWithDomain(vaults, { now: () => new Date(nowMs) });
});
afterAll(() => server.stop());
beforeEach(async () => {
  nowMs = start;
  worked = 0;
  owner = await server.aUser();
  manager = await server.aUser('MANAGER');
  safes.splice(0, safes.length, { id: 'one', owner: owner.id });
});

const ask = (text: string, { accessToken: token }: TestUser) => server.ask(text, { token });
const eventsOf = (action: string) =>
  server.connection.database.auditEvent.count({ where: { action } });

const before = ['mutation { openSafe(id: "one") }'];
const inResolvers = [
  '{ safe(id: "one") { __typename } }',
  '{ safe(id: "none") { __typename } }',
  '{ stored { totalCount } }',
  '{ sum }',
];

describe.each(['owner', 'manager'] as const)('the %s whose proof is too old for a rule', (name) => {
  const viewer = () => (name === 'owner' ? owner : manager);

  it.each([...before, ...inResolvers])('is refused with 401: %s', async (text) => {
    expect((await ask(text, viewer())).status).toBe(200);
    nowMs = start + 70_000;
    worked = 0;
    const answer = await ask(text, viewer());
    expect(answer, answer.text).toMatchObject({ status: 401, code: 'UNAUTHENTICATED' });
    expect(answer.errors[0].extensions).toMatchObject({
      reason: 'AUTHENTICATION_TOO_OLD',
      maxAge: 60,
    });
    expect(worked).toBe(0);
  });

  it('has the rows of another type of a connection', async () => {
    nowMs = start + 70_000;
    expect(await ask('{ shelves { totalCount } }', viewer())).toMatchObject({
      status: 200,
      data: { shelves: { totalCount: 0 } },
    });
  });

  it('makes none: the change is undone', async () => {
    const made = 'mutation { makeSafe(id: "one") }';
    const earlier = await eventsOf('safe.made');
    expect(await ask(made, viewer())).toMatchObject({ status: 200, data: { makeSafe: true } });
    nowMs = start + 70_000;
    const answer = await ask(made, viewer());
    expect(answer, answer.text).toMatchObject({ status: 200, data: { makeSafe: null } });
    expect(answer.errors[0].extensions).toMatchObject({ reason: 'AUTHENTICATION_TOO_OLD' });
    expect(await eventsOf('safe.made')).toBe(earlier + 1);
  });

  it('is not refused because time passes in a change', async () => {
    const earlier = await eventsOf('safe.opened');
    expect((await ask('mutation { openSafe(id: "one") }', viewer())).status).toBe(200);
    expect([nowMs, await eventsOf('safe.opened')]).toEqual([start + 70_000, earlier + 1]);
  });
});
