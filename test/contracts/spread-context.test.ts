import { createServer } from 'node:http';
import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';
import type { GraphQLResolveInfo } from 'graphql';
import {
  defineConfig,
  defineDomain,
  definePolicy,
  type Gatehouse,
  type GatehouseConfig,
  type GatehouseContext,
  userOf,
} from 'graphql-gatehouse';
import { apolloPlugin } from 'graphql-gatehouse/apollo';
import { envelopPlugin } from 'graphql-gatehouse/envelop';
import { createYoga } from 'graphql-yoga';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listenLocally } from '../support/listen-locally.ts';
import type { Host } from './hosts.ts';
import { startTimeoutMs, startWorld, type World } from './world.ts';

type HostContext = Awaited<ReturnType<Gatehouse['contextOf']>>;
interface Office {
  readonly office: string;
}
type OwnContext = GatehouseContext & Office;

let world: World;

const groupsOf = ({ viewer }: GatehouseContext): readonly string[] =>
  viewer.isAuthenticated ? [...viewer.groups].sort() : [];

const revokeAuditor = `mutation ($userId: ID!) {
  revokeGroup(userId: $userId, group: AUDITOR) { id }
}`;

/** The desks of the viewers who are not in STAFF: the second one. */
const ownDesks = definePolicy({
  reads: ['number'],
  admits: (_viewer, { number }) => number === 2,
  where: () => ({ numbers: [2] }),
});

const work = defineDomain<OwnContext>({
  name: 'work',
  typeDefs: `
  extend enum Group {
    STAFF
  }
  extend enum Policy {
    DESK_OWNER
  }
  "A desk."
  type Desk {
    "Its number."
    number: Int!
  }
  "The groups of the viewer at one time."
  type Work {
    "In the resolver of the mutation, before its change and after it."
    inResolver: [[Group!]!]!
    "In a resolver below the mutation."
    below: [Group!]!
  }
  extend type Query {
    "The office that the server adds to each context."
    office: String! @auth
    "Desks."
    desks: [Desk!]! @auth(requires: [STAFF], rows: [DESK_OWNER])
  }
  extend type Mutation {
    "Loses a group and makes a change."
    work: Work! @auth(requires: [STAFF])
  }`,
  resolvers: {
    Query: {
      office: (_query: unknown, _args: unknown, { office }: OwnContext) => office,
      desks: (_query: unknown, _args: unknown, { rows }: OwnContext, info: GraphQLResolveInfo) => {
        const { numbers } = rows<{ readonly numbers: readonly number[] }>(info) ?? {
          numbers: [1, 2, 3],
        };
        return numbers.map((number) => ({ number }));
      },
    },
    Mutation: {
      work: async (_mutation: unknown, _args: unknown, context: OwnContext) => {
        const before = groupsOf(context);
        const userId = userOf(context.viewer).userId;
        const { accessToken: token } = world.admin;
        await world.ask(revokeAuditor, { token, variables: { userId } });
        await context.change({ action: 'work.done' }, async () => {});
        return { inResolver: [before, groupsOf(context)] };
      },
    },
    Work: { below: (_work: unknown, _args: unknown, context: OwnContext) => groupsOf(context) },
  },
  policies: { DESK_OWNER: ownDesks },
});

const config: GatehouseConfig = defineConfig({ domains: [work] });
const office = 'north';

const apollo: Host['start'] = async (gatehouse) => {
  const { schema, contextOf } = gatehouse;
  const server = new ApolloServer<HostContext & Office>({
    schema,
    plugins: [apolloPlugin(gatehouse)],
  });
  const { url } = await startStandaloneServer(server, {
    listen: { port: 0, host: '127.0.0.1' },
    context: async ({ req }) => ({ ...(await contextOf(req)), office }),
  });
  return { graphqlUrl: url, rootUrl: undefined, stop: () => server.stop() };
};

const yoga: Host['start'] = async (gatehouse) => {
  const { schema, contextOf } = gatehouse;
  const server = createYoga({
    schema,
    plugins: [envelopPlugin(gatehouse)],
    context: async ({ request }) => ({ ...(await contextOf(request)), office }),
  });
  const { port, stop } = await listenLocally(createServer(server));
  const rootUrl = `http://127.0.0.1:${port}`;
  return { graphqlUrl: `${rootUrl}/graphql`, rootUrl, stop };
};

describe.each([
  { name: 'Apollo Server', start: apollo },
  { name: 'GraphQL Yoga', start: yoga },
])('a context to which the server adds a property of its own, in $name', ({ start }) => {
  beforeAll(async () => {
    world = await startWorld({ config, start });
  }, startTimeoutMs);
  afterAll(() => world?.stop());

  it('has the viewer and the property', async () => {
    const { accessToken: token } = await world.aUser(['STAFF']);
    const { data } = await world.ask('{ office }', { token });
    expect(data).toEqual({ office });
  });

  it('has the filter of the rows that the viewer may see', async () => {
    const desksOf = async (groups: readonly string[]) => {
      const { accessToken: token } = await world.aUser(groups);
      return (await world.ask('{ desks { number } }', { token })).data.desks;
    };
    expect(await desksOf([])).toEqual([{ number: 2 }]);
    expect(await desksOf(['STAFF'])).toHaveLength(3);
  });

  it('shows the groups that the viewer still has when a change finds that one was lost', async () => {
    const { accessToken: token } = await world.aUser(['AUDITOR', 'STAFF']);
    const { data } = await world.ask('mutation { work { inResolver below } }', { token });
    expect(data.work).toEqual({ inResolver: [['AUDITOR', 'STAFF'], ['STAFF']], below: ['STAFF'] });
  });
});
