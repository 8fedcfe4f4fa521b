import {
  type Authorization,
  createAuthorization,
  type Viewer,
} from '@graphql-gatehouse/authorization';
import { makeExecutableSchema } from '@graphql-tools/schema';
import type { GraphQLResolveInfo } from 'graphql';
import { type TestContext, typesOf, withPolicies } from './fixtures.ts';

/** A clock that tests set, in seconds after it began, which counts how often it was read. */
export const clock = {
  seconds: 0,
  reads: 0,
  now: (): Date => {
    clock.reads += 1;
    return at(clock.seconds);
  },
};

/** Returns the time so many seconds after the clock began. */
export const at = (seconds: number): Date =>
  new Date(Date.parse('2026-07-01T12:00:00Z') + seconds * 1000);

/** What the mutation `change` calls before it changes something. */
export const changing: { check: AuthorizeField } = { check: async () => {} };

type AuthorizeField = Authorization<TestContext>['authorizeField'];

/** The resolvers that were called. */
export const ran: string[] = [];

const viewerOf = (groups: readonly string[], rest: object = {}): Viewer => ({
  isAuthenticated: true,
  groups: new Set(groups),
  ...rest,
});

/** Viewers by how they have proved their identity, at the time at which the clock begins. */
export const viewers = {
  anonymous: { isAuthenticated: false, reason: 'TOKEN_MISSING' },
  unproven: viewerOf([]),
  old: viewerOf([], { authenticatedAt: { PASSWORD: at(-700) } }),
  young: viewerOf([], { authenticatedAt: { PASSWORD: at(-10) } }),
  strong: viewerOf([], { authenticatedAt: { PASSKEY_VERIFIED: at(-10) } }),
  oldAndStrong: viewerOf([], { authenticatedAt: { PASSWORD: at(-700), OTP: at(-700) } }),
  program: viewerOf([], { authenticatedAt: 'EACH_REQUEST' }),
  youngAdmin: viewerOf(['ADMIN'], { authenticatedAt: { PASSWORD: at(-10) } }),
  oldAdmin: viewerOf(['ADMIN'], { authenticatedAt: { PASSWORD: at(-700) } }),
  withheld: viewerOf([], {
    authenticatedAt: { PASSWORD: at(-10) },
    withheld: { groups: new Set(['ADMIN']), factors: 2, mustEnrol: false },
  }),
  mustEnrol: viewerOf([], {
    authenticatedAt: { PASSWORD: at(-700) },
    withheld: { groups: new Set(['ADMIN']), factors: 2, mustEnrol: true },
  }),
} as const satisfies Readonly<Record<string, Viewer>>;

const sdl = `${withPolicies}
  type Query {
    open: String @public
    known: String @auth
    fresh: String @auth(maxAge: 600)
    fresher: String @auth(maxAge: 60)
    strong: String @auth(factors: 2)
    freshAndStrong: String @auth(maxAge: 600, factors: 2)
    secret: String @auth(requires: [ADMIN])
    freshSecret: String @auth(requires: [ADMIN], maxAge: 600)
    secretOrOwn(id: Int = 1): String @auth(requires: [ADMIN], or: [SELF])
    own(id: Int = 1): String @auth(or: [SELF], maxAge: 600)
    broken: String @auth(or: [BOSS])
    searched(text: String, sort: Int @auth(maxAge: 600), hidden: Int @auth(requires: [ADMIN])): String @public
    sorted(hidden: Int @auth(requires: [ADMIN])): String @auth(maxAge: 600)
    filtered(by: Filter, level: Level): String @public
    level: Level @public
    node: Node @public
    me: Me @public
    stranger: Me @public
    items: [Item!]! @public
    bills: [Bill!] @auth(requires: [ADMIN], rows: [MINE], maxAge: 600)
    notes: [Note!] @auth(rows: [MINE])
    ruled: Ruled @public
    ruledNode: RuledNode @public
    late: [LateItem!] @public
    mixed: [Mixed!] @auth(rows: [MINE])
    bill(id: ID! @references(type: "Bill")): Bill @public
    named(id: ID! @references(type: "Item")): String @auth(maxAge: 600)
  }
  type Mutation {
    wait(seconds: Int!): String @auth
    change: Changed @auth(maxAge: 600)
  }
  type Subscription { ticks: Tick @auth(maxAge: 600), openTicks: Node @public }
  type Tick { id: Int }
  input Filter { plain: Int, fresh: Int @auth(maxAge: 600) }
  enum Level { LOW HIGH @auth(maxAge: 600) }
  interface Node { id: Int }
  type Vault implements Node @auth(maxAge: 600) { id: Int }
  type Me { id: Int, email: String @auth(or: [SELF], maxAge: 600), name: String @auth(requires: [ADMIN], or: [SELF]) }
  type Item { id: Int, secret: Int! @auth(maxAge: 600), plain: Int }
  type Bill { id: Int }
  type Ruled implements RuledNode @auth(requires: [ADMIN], rows: [MINE], maxAge: 600) { id: Int }
  interface RuledNode { id: Int }
  union LateItem = Late | Closed
  type Late { late: Int! }
  type Closed { secret: Int! @auth(maxAge: 600) }
  interface Mixed { id: Int }
  type Note implements Mixed { id: Int, text: String @auth(or: [MINE], maxAge: 600) }
  type Changed { id: Int, secret: Int @auth(maxAge: 600) }
  directive @references(type: String!, rows: [Policy!]) on ARGUMENT_DEFINITION | INPUT_FIELD_DEFINITION | SCALAR
`.replace('SELF BOSS', 'SELF BOSS MINE');

const run = (name: string) => () => {
  ran.push(name);
  return name;
};
const vault = { __typename: 'Vault', id: 1 };

const resolvers = {
  Query: {
    ...Object.fromEntries(
      [
        ...['open', 'known', 'fresh', 'fresher', 'strong', 'freshAndStrong', 'secret', 'own'],
        ...['freshSecret', 'secretOrOwn', 'broken', 'searched', 'sorted', 'filtered', 'named'],
      ].map((name) => [name, run(name)]),
    ),
    level: () => 'HIGH',
    node: () => vault,
    me: () => ({ id: 1, email: 'me', name: 'Me' }),
    stranger: () => ({ id: 2, email: 'you', name: 'You' }),
    items: () => [1, 2, 3].map((id) => ({ id, secret: id, plain: id })),
    bills: () => [{ id: 1 }],
    // The policy MINE admits no one to an object without an id.
    ruled: () => ({}),
    ruledNode: () => ({ __typename: 'Ruled' }),
    late: () => [
      { __typename: 'Late', late: () => Promise.reject(new Error('late')) },
      { __typename: 'Closed', secret: 1 },
    ],
    bill: () => ({ id: 1 }),
  },
  Mutation: {
    wait: (_source: unknown, { seconds }: { seconds: number }) => {
      clock.seconds += seconds;
      ran.push('wait');
      return 'waited';
    },
    change: async (
      source: unknown,
      args: Readonly<Record<string, unknown>>,
      context: TestContext,
      info: GraphQLResolveInfo,
    ) => {
      await changing.check({ source, args, context }, info);
      ran.push('change');
      return { id: 1, secret: 2 };
    },
  },
  Subscription: {
    ticks: {
      async *subscribe() {
        ran.push('ticks');
        for (const id of [1, 2, 3, 4]) yield { ticks: { id } };
      },
    },
    openTicks: {
      async *subscribe() {
        yield { openTicks: vault };
        yield { openTicks: vault };
      },
    },
  },
};

/** Guards the schema of the proofs. The policy SELF admits where the argument or the id is 1. */
export const createProofs = (
  options: { readonly report?: (denial: { readonly coordinate: string }) => void } = {},
): Authorization<TestContext> => {
  const schema = makeExecutableSchema({ typeDefs: sdl, resolvers });
  return createAuthorization<Viewer, TestContext>(schema, {
    types: { ...typesOf(schema), Item: { byIds: (ids) => ids.map((id) => ({ id })) } },
    policies: {
      SELF: (_viewer, source, { id }) => (id ?? Object(source).id) === 1,
      BOSS: () => {
        throw new Error('broken');
      },
      MINE: { reads: ['id'], admits: () => true, where: () => ({}) },
    },
    viewerOf: ({ viewer }) => viewer,
    onPolicyError(error, policy) {
      if (policy === 'BOSS') throw error;
    },
    now: clock.now,
    ...options,
  });
};
