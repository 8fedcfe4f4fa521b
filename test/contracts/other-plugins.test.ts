import { createServer as createHttpServer } from 'node:http';
import { ApolloServer, type ApolloServerPlugin } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';
import type { Gatehouse } from 'graphql-gatehouse';
import { apolloPlugin } from 'graphql-gatehouse/apollo';
import { envelopPlugin } from 'graphql-gatehouse/envelop';
import { createYoga, type Plugin } from 'graphql-yoga';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import sdlProject from '../../examples/invoices/gatehouse.config.ts';
import { listenLocally } from '../support/listen-locally.ts';
import type { RunningHost } from './hosts.ts';
import { startTimeoutMs, startWorld, type World } from './world.ts';

/** What other plugins have seen of the last operation. */
const seen: string[] = [];

/** Reports errors, traces fields and measures operations, as plugins of monitoring services do. */
const apolloReports: ApolloServerPlugin = {
  async requestDidStart() {
    return {
      async didEncounterErrors({ errors }) {
        const names = errors.map(
          ({ extensions, originalError }) => originalError?.name ?? extensions.code,
        );
        seen.push(`error ${names.join()}`);
      },
      async executionDidStart() {
        return {
          willResolveField: ({ info }) => void seen.push(`field ${info.path.key}`),
          executionDidEnd: async () => void seen.push('executed'),
        };
      },
      async willSendResponse({ response: { http } }) {
        seen.push(`sent ${http.status ?? 200}`);
      },
    };
  },
};

const yogaReports: Plugin = {
  onExecute() {
    seen.push('execute');
    return {
      onExecuteDone({ result }) {
        const errors = 'errors' in result ? (result.errors ?? []) : [];
        seen.push(`executed ${errors.map(({ extensions }) => extensions.code).join()}`);
      },
    };
  },
  onResultProcess({ result }) {
    const errors = 'errors' in result ? (result.errors ?? []) : [];
    seen.push(`sent ${errors.map(({ extensions }) => extensions?.code).join()}`);
  },
};

const apollo = async (gatehouse: Gatehouse): Promise<RunningHost> => {
  const { schema, contextOf } = gatehouse;
  const server = new ApolloServer({
    schema,
    plugins: [apolloPlugin(gatehouse), apolloReports],
    formatError(formatted) {
      seen.push('format');
      return formatted;
    },
  });
  const { url } = await startStandaloneServer(server, {
    listen: { port: 0, host: '127.0.0.1' },
    context: ({ req }) => contextOf(req),
  });
  return { graphqlUrl: url, rootUrl: undefined, stop: () => server.stop() };
};

const yoga = async (gatehouse: Gatehouse): Promise<RunningHost> => {
  const { schema, contextOf } = gatehouse;
  const server = createYoga({
    schema,
    plugins: [envelopPlugin(gatehouse), yogaReports],
    context: ({ request }) => contextOf(request, { ip: '192.0.2.1' }),
  });
  const { port, stop } = await listenLocally(createHttpServer(server));
  const rootUrl = `http://127.0.0.1:${port}`;
  return { graphqlUrl: `${rootUrl}/graphql`, rootUrl, stop };
};

describe.each([
  {
    name: 'Apollo Server',
    start: apollo,
    ran: ['field version', 'executed', 'sent 200'],
    refused: ['sent 401'],
    tooLarge: ['error OPERATION_TOO_LARGE', 'format', 'sent 400'],
    failed: ['field disableUser', 'error ConflictError', 'format', 'executed', 'sent 409'],
    invalid: ['error GraphQLError', 'format', 'sent 400'],
  },
  {
    name: 'GraphQL Yoga',
    start: yoga,
    ran: ['execute', 'executed ', 'sent '],
    refused: ['sent UNAUTHENTICATED'],
    tooLarge: ['sent OPERATION_TOO_LARGE'],
    failed: ['execute', 'executed CONFLICT', 'sent CONFLICT'],
    invalid: ['sent GRAPHQL_VALIDATION_FAILED'],
  },
])('the other plugins of $name', ({ start, ...expected }) => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld({ config: sdlProject, start });
  }, startTimeoutMs);
  beforeEach(() => void seen.splice(0));
  afterAll(() => world?.stop());

  it.each([
    { what: 'ran', query: '{ version }' },
    { what: 'refused', query: '{ invoices { id } }' },
    { what: 'tooLarge', query: `{ ${'a: __typename '.repeat(201)} }` },
    { what: 'failed', query: 'mutation ($id: ID!) { disableUser(id: $id) { id } }' },
    { what: 'invalid', query: '{ none }' },
  ] as const)('see an operation that $what', async ({ what, query }) => {
    const { accessToken: token, id } = world.admin; // the last ADMIN cannot be disabled
    await world.ask(query, what === 'failed' ? { token, variables: { id } } : {});
    expect(seen).toEqual(expected[what]);
  });
});
