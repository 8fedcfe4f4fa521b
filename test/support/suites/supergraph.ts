import { createRequire } from 'node:module';
import { join } from 'node:path';
import { ApolloServer, type ApolloServerOptions, type BaseContext } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';
import { openShell } from '../node-shell.ts';
import { freePort } from '../proxy.ts';

interface Context extends BaseContext {
  readonly authorization?: string | undefined;
}

/** The used part of `@apollo/gateway`, which is installed by the proof alone. */
interface GatewayModule {
  readonly ApolloGateway: new (options: {
    readonly supergraphSdl: unknown;
    readonly buildService: (subgraph: { readonly url: string }) => unknown;
  }) => NonNullable<ApolloServerOptions<Context>['gateway']>;
  readonly IntrospectAndCompose: new (options: {
    readonly subgraphs: readonly { readonly name: string; readonly url: string }[];
    readonly introspectionHeaders: Readonly<Record<string, string>>;
  }) => unknown;
  readonly RemoteGraphQLDataSource: new (options: {
    readonly url: string;
    readonly willSendRequest: (sent: {
      readonly request: { readonly http: { readonly headers: Headers } };
      readonly context: Context;
    }) => void;
  }) => unknown;
}

/** Starts the two other subgraphs of the suite, which come with it. */
export async function startOthers(folder: string) {
  const shell = await openShell(folder);
  const start = async (name: string) => {
    const place = join(folder, 'node_modules/@apollo/federation-subgraph-compatibility-tests');
    const environment = { [`${name.toUpperCase()}_PORT`]: String(await freePort()) };
    const pattern = /ready at (\S+)/;
    const line = 'node index.js';
    const serving = await shell.serve(line, join(place, 'dist/subgraphs', name), {
      pattern,
      environment,
    });
    return { name, ...serving };
  };
  const others = await Promise.all(['users', 'inventory'].map(start));
  return {
    others,
    stop: () => Promise.all(others.map((each) => each.stop())),
  };
}

export interface SupergraphOptions {
  readonly folder: string;
  readonly subgraphs: readonly { readonly name: string; readonly url: string }[];
  /** What reads the SDL of the subgraphs to compose them. */
  readonly authorization: string;
}

/** Starts Apollo Gateway over the subgraphs. It sends the header `Authorization` of its client on. */
export async function startSupergraph({ folder, subgraphs, authorization }: SupergraphOptions) {
  const gateway: GatewayModule = createRequire(join(folder, 'package.json'))('@apollo/gateway');
  const { ApolloGateway, IntrospectAndCompose, RemoteGraphQLDataSource } = gateway;
  const server = new ApolloServer<Context>({
    gateway: new ApolloGateway({
      supergraphSdl: new IntrospectAndCompose({
        subgraphs,
        introspectionHeaders: { authorization },
      }),
      buildService: ({ url }) =>
        new RemoteGraphQLDataSource({
          url,
          willSendRequest({ request, context }) {
            const sent = context.authorization;
            if (sent !== undefined) request.http.headers.set('authorization', sent);
          },
        }),
    }),
  });
  const { url } = await startStandaloneServer(server, {
    listen: { port: 0, host: '127.0.0.1' },
    context: async ({ req }) => ({ authorization: req.headers.authorization }),
  });
  return { url, stop: () => server.stop() };
}
