import { createServer } from 'node:http';
import { ApolloServer } from '@apollo/server';
import { ApolloServerPluginInlineTraceDisabled } from '@apollo/server/plugin/disabled';
import { startStandaloneServer } from '@apollo/server/standalone';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { GraphQLError, parse } from 'graphql';
import { listenLocally } from '../listen-locally.ts';
import type { Subgraphs } from './router-folder.ts';

/** How the second subgraph fails: it does not listen, or something before it sends a page. */
export const failures = ['nothing listens', 'a page with 502'] as const;
export type Failure = (typeof failures)[number];

/** Two subgraphs that share a type: `parts` answers, and `prices` fails. */
export interface FailingSubgraphs {
  readonly subgraphs: Subgraphs;
  stop(): Promise<void>;
}

/** What clients of a router may not see: a value of a hidden field, and the page. */
export const hiddenTexts = ['origin of part', 'host of prices', 'representations', 'request'];

const link = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.6"
  import: ["@key", "@external", "@inaccessible", "@requires"])`;

const partsTypeDefs = `${link}
  type Query {
    parts: [Part!]!
    "Refused with 429."
    scarce: String
  }
  type Mutation {
    "Refused with 403."
    order: Boolean
    "Succeeds, and has no value."
    forget: Boolean
  }
  type Part @key(fields: "id") {
    id: ID!
    origin: String @inaccessible
  }`;

const pricesTypeDefs = `${link}
  type Query { currency: String }
  type Mutation { setPrice: Boolean }
  type Part @key(fields: "id") {
    id: ID!
    origin: String @external
    cents: Int @requires(fields: "origin")
  }`;

const refuse = (code: string, status: number) => (): never => {
  throw new GraphQLError('Refused.', { extensions: { code, http: { status } } });
};

export async function startFailingSubgraphs(failure: Failure): Promise<FailingSubgraphs> {
  const parts = new ApolloServer({
    plugins: [ApolloServerPluginInlineTraceDisabled()],
    schema: buildSubgraphSchema({
      typeDefs: parse(partsTypeDefs),
      resolvers: {
        Query: {
          parts: () => ['1', '2'].map((id) => ({ id, origin: `origin of part ${id}` })),
          scarce: refuse('TOO_MANY_REQUESTS', 429),
        },
        Mutation: { order: refuse('FORBIDDEN', 403), forget: () => null },
      },
    }),
  });
  const { url } = await startStandaloneServer(parts, { listen: { port: 0, host: '127.0.0.1' } });
  const prices = await listenLocally(
    createServer((_request, response) =>
      response.writeHead(502, { 'content-type': 'text/html' }).end('<p>host of prices</p>'),
    ),
  );
  if (failure === 'nothing listens') await prices.stop();
  return {
    subgraphs: {
      parts: { sdl: partsTypeDefs, url },
      prices: { sdl: pricesTypeDefs, url: `http://127.0.0.1:${prices.port}/` },
    },
    async stop() {
      await parts.stop();
      if (failure !== 'nothing listens') await prices.stop();
    },
  };
}
