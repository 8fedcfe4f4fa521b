import { randomUUID } from 'node:crypto';
import { ApolloServer } from '@apollo/server';
import { vi } from 'vitest';
import type { AskOptions } from './ask.ts';
import { eventually } from './eventually.ts';
import type { FuzzWorld } from './fuzz/cases.ts';
import { makeDocument } from './fuzz/documents.ts';
import type { Random } from './fuzz/random.ts';
import type { TestServer } from './test-server.ts';

/** Everything that a client and the operator see of one request, without what differs between any two requests. */
export interface Seen {
  readonly status: number;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string;
  readonly logLines: readonly object[];
}

/** One operation, as it was answered through Apollo Server and without it. */
export interface TwoWays {
  readonly byApollo: Seen;
  readonly directly: Seen;
}

export interface Asked extends AskOptions {
  readonly query: string;
}

/** Names each request for the test, beside its id, which the server chooses. */
const nameHeader = 'x-name';

/** Asks each operation twice: in a form that Apollo Server reads, and in the usual one. */
export function createTwoWays(server: TestServer) {
  const answeredByApollo = new Set<string | undefined>();
  const { executeHTTPGraphQLRequest } = ApolloServer.prototype;
  const apollo = vi
    .spyOn(ApolloServer.prototype, 'executeHTTPGraphQLRequest')
    .mockImplementation(function (this: ApolloServer, request) {
      answeredByApollo.add(request.httpGraphQLRequest.headers.get(nameHeader));
      return executeHTTPGraphQLRequest.call(this, request);
    });
  return {
    async ask({ query, ...options }: Asked): Promise<TwoWays> {
      const id = randomUUID();
      const text = `${query}\n# ${id}`;
      const named = (name: string): AskOptions => ({
        ...options,
        headers: { ...options.headers, [nameHeader]: name },
      });
      const [first, second] = [`${id} first`, `${id} second`];
      const byApollo = await see(server, text, { ...named(first), extensions: {} });
      const directly = await see(server, text, named(second));
      if (!answeredByApollo.delete(first)) throw new Error(`Without Apollo Server: ${text}`);
      if (answeredByApollo.delete(second)) throw new Error(`By Apollo Server: ${text}`);
      return { byApollo, directly };
    },
    restore: () => apollo.mockRestore(),
  };
}

const differing = ['x-request-id', 'date'];

async function see(server: TestServer, query: string, options: AskOptions): Promise<Seen> {
  const start = server.logLines.length;
  const { status, headers, text } = await server.ask(query, options);
  const requestId = headers.get('x-request-id') ?? '';
  const find = () => server.logLines.slice(start).filter((line) => line.includes(requestId));
  // The log writes its lines in groups.
  await eventually(() => {
    if (!find().some((line) => line.includes('"msg":"operation"'))) throw new Error('no line yet');
  });
  return {
    status,
    headers: [...headers].filter(([name]) => !differing.includes(name)),
    body: text,
    logLines: find().map((line) => {
      const { time: _time, requestId: _id, durationMs, err, ...facts } = JSON.parse(line);
      const { stack: _stack, ...error } = err ?? {};
      return { ...facts, error, hasDuration: typeof durationMs === 'number' };
    }),
  };
}

const preferences: readonly Readonly<Record<string, string>>[] = [
  {},
  {},
  { prefer: 'handling=lenient' },
  { prefer: 'decide-only' },
];

const accepts = ['application/json', '*/*', 'application/graphql-response+json'];

/** Draws a query on the schema, the viewer who sends it, and the headers. It changes nothing. */
export function drawQuery(random: Random, { schema, ids, tokens }: FuzzWorld): Asked {
  const query = makeDocument(random, schema, ids);
  if (!query.startsWith('query')) return drawQuery(random, { schema, ids, tokens });
  const headers = { ...random.pick(preferences), accept: random.pick(accepts) };
  return { query, token: random.pick(tokens), headers };
}
