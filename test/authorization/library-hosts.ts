import { ApolloServer, type ApolloServerPlugin, HeaderMap } from '@apollo/server';
import { ApolloServerPluginInlineTrace } from '@apollo/server/plugin/inlineTrace';
import type { Authorization, Viewer } from '@gatehouse/authorization';
import { createAuthorizationPlugin } from '@gatehouse/authorization/apollo';
import { createEnvelopPlugin } from '@gatehouse/authorization/envelop';
import { type ExecutionArgs, type ExecutionResult, execute, parse } from 'graphql';
import { createYoga } from 'graphql-yoga';
import { afterAll, beforeAll } from 'vitest';
import { executeKnown } from './execute-known.ts';
import type { TestContext } from './fixtures.ts';

/** The realm in the challenges of the hosts. */
export const realm = 'hosts';

/** What a request consists of beside its operation. */
export interface Asked {
  readonly variables?: Readonly<Record<string, unknown>>;
  readonly operationName?: string | null | undefined;
  readonly prefer?: string;
}

interface AnsweredError {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly extensions?: Readonly<Record<string, unknown>>;
}

/** An answer over HTTP. A missing header is `null`. */
export interface HostAnswer {
  readonly status: number;
  readonly header: (name: string) => string | null;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: JSON of any shape; a wrong path makes the test fail.
  readonly body: any;
  readonly errors: readonly AnsweredError[];
  readonly coordinates: readonly unknown[];
}

/** A server with the plugin of the library, without the rest of Gatehouse. */
export interface LibraryHost<Context> {
  readonly name: 'Apollo Server' | 'GraphQL Yoga';
  ask(query: string, contextValue: Context, asked?: Asked): Promise<HostAnswer>;
  start(): Promise<void>;
  stop(): Promise<void>;
}

const contentType = 'application/json';
const accept = 'application/graphql-response+json, application/json;q=0.9';

function toAnswer(
  status: number,
  header: (name: string) => string | null | undefined,
  text: string,
): HostAnswer {
  const body = JSON.parse(text);
  const errors: readonly AnsweredError[] = body.errors ?? [];
  const coordinates = errors.map(({ extensions }) => extensions?.coordinate);
  return {
    status,
    header: (name) => header(name) ?? null,
    text,
    body,
    errors,
    coordinates,
  };
}

/** An Apollo Server; `plugins` come after the library's. */
export function createApolloHost<Context extends object>(
  authorization: Authorization<Context>,
  plugins: readonly ApolloServerPlugin<Context>[] = [],
): LibraryHost<Context> {
  const server = new ApolloServer<Context>({
    schema: authorization.schema,
    plugins: [createAuthorizationPlugin<Context>({ ...authorization, realm }), ...plugins],
    introspection: true,
    includeStacktraceInErrorResponses: false,
  });
  return {
    name: 'Apollo Server',
    async ask(query, contextValue, { prefer, ...operation } = {}) {
      const headers = new HeaderMap([
        ['content-type', contentType],
        ['accept', accept],
        ...(prefer === undefined ? [] : [['prefer', prefer] as const]),
      ]);
      const answer = await server.executeHTTPGraphQLRequest({
        httpGraphQLRequest: {
          method: 'POST',
          headers,
          search: '',
          body: JSON.parse(JSON.stringify({ query, ...operation })),
        },
        context: async () => contextValue,
      });
      if (answer.body.kind !== 'complete') throw new Error('The answer comes in parts.');
      return toAnswer(answer.status ?? 200, (name) => answer.headers.get(name), answer.body.string);
    },
    start: () => server.start(),
    stop: () => server.stop(),
  };
}

/** A GraphQL Yoga. `masks`: whether it masks unexpected errors. */
export function createYogaHost<Context extends object>(
  authorization: Authorization<Context>,
  { masks = true }: { readonly masks?: boolean } = {},
): LibraryHost<Context> {
  const yoga = createYoga<Context>({
    schema: authorization.schema,
    plugins: [createEnvelopPlugin<Context>({ ...authorization, realm })],
    maskedErrors: masks,
    logging: false,
  });
  return {
    name: 'GraphQL Yoga',
    async ask(query, contextValue, { prefer, ...operation } = {}) {
      const response = await yoga.fetch(
        'http://yoga/graphql',
        {
          method: 'POST',
          headers: {
            'content-type': contentType,
            accept,
            ...(prefer === undefined ? {} : { prefer }),
          },
          body: JSON.stringify({ query, ...operation }),
        },
        contextValue,
      );
      const { status, headers } = response;
      return toAnswer(status, (name) => headers.get(name), await response.text());
    },
    start: async () => {},
    stop: async () => {},
  };
}

/** Both hosts, which run while the tests of a file do. */
export function useHosts<Context extends object>(
  authorization: Authorization<Context>,
): readonly LibraryHost<Context>[] {
  const hosts = [createApolloHost(authorization), createYogaHost(authorization)];
  beforeAll(async () => {
    for (const { start } of hosts) await start();
  });
  afterAll(async () => {
    for (const { stop } of hosts) await stop();
  });
  return hosts;
}

/** Runs an operation in a host, or by an executor, for one viewer. Returns the body of the answer. */
export type AskHost = (
  query: string,
  variables?: Readonly<Record<string, unknown>>,
) => Promise<string>;

/** The hosts of the library and its executors, by name, which answer for one viewer. */
export interface LibraryHosts {
  readonly hosts: Readonly<Record<string, AskHost>>;
  start(): Promise<void>;
  stop(): Promise<void>;
}

type Request = Omit<ExecutionArgs, 'schema'>;

export function createLibraryHosts(
  authorization: Authorization<TestContext>,
  viewer: Viewer,
): LibraryHosts {
  const { schema } = authorization;
  // A subgraph is traced by default, which Apollo Server prints.
  const apollo = createApolloHost(authorization, [ApolloServerPluginInlineTrace()]);
  // The guarded schema alone has to keep the promise.
  const yoga = createYogaHost(authorization, { masks: false });
  const run =
    (executor: (request: Request) => ExecutionResult | Promise<ExecutionResult>): AskHost =>
    async (query, variableValues) =>
      JSON.stringify(
        await executor({ document: parse(query), contextValue: { viewer }, variableValues }),
      );
  const asked =
    ({ ask }: LibraryHost<TestContext>): AskHost =>
    async (query, variables = {}) =>
      (await ask(query, { viewer }, { variables })).text;
  return {
    hosts: {
      'graphql-js': run((request) => execute({ schema, ...request })),
      'authorization.execute': run((request) => executeKnown(authorization, request)),
      'Apollo Server': asked(apollo),
      'GraphQL Yoga': asked(yoga),
    },
    start: apollo.start,
    stop: apollo.stop,
  };
}
