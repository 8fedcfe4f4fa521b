import { ApolloServer } from '@apollo/server';
import { vi } from 'vitest';
import type { AskOptions } from './ask.ts';
import type { Random } from './fuzz/random.ts';
import type { Answer, TestServer } from './test-server.ts';

/** Everything that a client and the operator see of one request, without what differs between any two requests. */
export interface Seen {
  readonly status: number;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string;
  readonly logLines: readonly object[];
}

/** One operation, as Apollo Server answered it and as it was answered as a known document. */
export interface TwoWays {
  readonly byApollo: Seen;
  readonly again: Seen;
  /** Whether the second answer was given without Apollo Server. */
  readonly wasKnown: boolean;
}

export interface Asked extends AskOptions {
  readonly query: string;
}

/** Asks each operation twice, so that its document is unknown first and known then. */
export function createTwoWays(server: TestServer) {
  const apollo = vi.spyOn(ApolloServer.prototype, 'executeHTTPGraphQLRequest');
  let count = 0;
  return {
    async ask({ query, ...options }: Asked): Promise<TwoWays> {
      count += 1;
      const text = `${query}\n# ${count}`;
      const byApollo = await see(server, await server.ask(text, options));
      const calls = apollo.mock.calls.length;
      const again = await see(server, await server.ask(text, options));
      return { byApollo, again, wasKnown: apollo.mock.calls.length === calls };
    },
    restore: () => apollo.mockRestore(),
  };
}

const differing = ['x-request-id', 'date'];

async function see({ logLines }: TestServer, { status, headers, text }: Answer): Promise<Seen> {
  const requestId = headers.get('x-request-id') ?? '';
  const find = () => logLines.filter((line) => line.includes(requestId));
  // The log writes its lines in groups.
  await vi.waitFor(() => {
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

/** Varies how an operation is asked. */
export const makeHeaders = (random: Random): Readonly<Record<string, string>> => ({
  ...random.pick(preferences),
  accept: random.pick(accepts),
});
