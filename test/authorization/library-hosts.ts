import type { Authorization, Viewer } from '@graphql-gatehouse/authorization';
import { createEnvelopPlugin } from '@graphql-gatehouse/authorization/envelop';
import { type ExecutionArgs, type ExecutionResult, execute, parse, versionInfo } from 'graphql';
import { createYoga } from 'graphql-yoga';
import { afterAll, beforeAll } from 'vitest';
import { executeKnown } from './execute-known.ts';
import type { TestContext } from './fixtures.ts';
import { accept, contentType, type LibraryHost, realm, toAnswer } from './host-answer.ts';

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

/** Apollo Server runs on graphql 16 alone. */
const apolloHost = versionInfo.major === 16 ? await import('./apollo-host.ts') : undefined;

/** Both hosts, which run while the tests of a file do. */
export function useHosts<Context extends object>(
  authorization: Authorization<Context>,
): readonly LibraryHost<Context>[] {
  const apollo = apolloHost?.createApolloHost(authorization);
  const hosts = [...(apollo ? [apollo] : []), createYogaHost(authorization)];
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
  const apollo = apolloHost?.createTracedApolloHost(authorization);
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
      ...(apollo && { 'Apollo Server': asked(apollo) }),
      'GraphQL Yoga': asked(yoga),
    },
    start: async () => apollo?.start(),
    stop: async () => apollo?.stop(),
  };
}
