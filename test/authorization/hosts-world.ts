import type { Authorization } from '@graphql-gatehouse/authorization';
import { guard, type TestContext, withPolicies } from './fixtures.ts';

/** The resolvers and sources that were called. */
export const ran: string[] = [];

const run = (name: string) => () => {
  ran.push(name);
  return name;
};
const fail = () => {
  throw new Error('broken');
};
const items = Array.from({ length: 1000 }, (_, id) => ({ id }));
const me = { id: 7, email: 'me@example.org' };

/** Two events of each subscription. */
const sources = { ticks: [1, 2], mine: [1, 2], batches: [items, items] };

/** A schema with each kind of guard, in which the policy SELF admits the first of everything. */
export const authorization: Authorization<TestContext> = guard(
  `${withPolicies}
  type Query {
    open: String @public
    known: String @auth
    secret: String @auth(requires: [ADMIN])
    own(id: Int = 1): String @auth(or: [SELF])
    searched(text: String, hidden: Boolean = false @auth(requires: [ADMIN])): String @public
    me: Me @public
    node: Node @public
    items: [Item!] @public
    broken: String @public
  }
  type Mutation {
    free: String @public
    count(n: Int!): String @public
    locked: String @auth(requires: [ADMIN])
    change: Me @public
    strict: Strict! @public
    bulk: [Item!] @public
    failing: String @public
  }
  type Subscription {
    batches: [Item!] @public
    ticks: Int @auth(requires: [ADMIN])
    mine(id: Int): Int @auth(or: [SELF])
  }
  type Me { id: Int, email: String @auth(or: [SELF]), loud: String @auth(requires: [ADMIN]) }
  type Strict { email: String! @auth(or: [SELF]) }
  type Item {
    id: Int
    a: Int @auth(requires: [ADMIN])
    b: Int @auth(or: [SELF])
    c: Int @auth(or: [SELF])
    d: Int @auth(or: [SELF])
  }
  interface Node { id: Int }
  type Vault implements Node @auth(requires: [ADMIN]) { id: Int }`,
  {
    policies: { SELF: (_viewer, _source, { id }) => id === 1, BOSS: fail },
    resolvers: {
      Query: {
        ...Object.fromEntries(
          ['open', 'known', 'secret', 'own', 'searched'].map((name) => [name, run(name)]),
        ),
        me: () => me,
        node: () => ({ __typename: 'Vault', id: 3 }),
        items: () => items,
        broken: fail,
      },
      Item: { a: run('Item.a'), b: run('Item.b') },
      Mutation: {
        free: run('free'),
        count: run('count'),
        locked: run('locked'),
        change: () => {
          ran.push('change');
          return me;
        },
        strict: () => ({}),
        bulk: () => items,
        failing: fail,
      },
      Subscription: Object.fromEntries(
        Object.entries(sources).map(([name, values]) => [
          name,
          {
            subscribe: async function* () {
              ran.push(`source of ${name}`);
              for (const value of values) yield { [name]: value };
            },
          },
        ]),
      ),
    },
  },
);
