import { randomUUID } from 'node:crypto';
import { ApolloServer } from '@apollo/server';
import { fastifyApolloHandler } from '@as-integrations/fastify';
import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify';
import type { Authorization } from '../authorization/index.ts';
import { createAuthorizationPlugin } from '../authorization/index.ts';
import type { Context } from '../schema/context.ts';
import { createCredentialsOncePlugin } from './credentials-once-plugin.ts';
import { createErrorLogPlugin } from './error-log-plugin.ts';
import { createFormatError } from './format-error.ts';
import { registerHealth } from './health.ts';
import { answerFrameworkError, registerHttpErrors } from './http-errors.ts';
import { createHttpStatusPlugin } from './http-status-plugin.ts';
import { createPlaygroundPlugin, registerPlaygroundAssets } from './playground.ts';
import { createRequestContext, type RequestContextOptions } from './request-context.ts';

export interface ServerOptions extends RequestContextOptions {
  readonly authorization: Authorization<Context>;
  readonly logger: FastifyBaseLogger;
  /** Asks the database for an answer; rejects without one. */
  readonly ping: () => Promise<void>;
  /** The public keys that verify access tokens (RFC 7517, 5). */
  readonly publicJwks: { readonly keys: readonly object[] };
}

export interface Server {
  /** Listens, and gives the address, such as `http://127.0.0.1:4000`. */
  start(address: { readonly host: string; readonly port: number }): Promise<string>;
  /** Takes no new requests, and resolves once those under way have been answered. */
  stop(): Promise<void>;
}

const graphqlPath = '/graphql';
const realm = 'gatehouse';

/** An operation of more tokens is refused while it is parsed. */
const maxOperationTokens = 1000;
/** Selections after the expansion of fragments, which can grow exponentially. */
const maxSelections = 10_000;
const maxBodyBytes = 100_000;

/** Makes the HTTP server: GraphQL, the page for browsers, the public keys, and health. */
export async function createServer(options: ServerOptions): Promise<Server> {
  let isDraining = false;
  const fastify = Fastify({
    frameworkErrors: answerFrameworkError,
    loggerInstance: options.logger,
    logController: new LogController({
      disableRequestLogging: true,
      requestIdLogLabel: 'requestId',
    }),
    bodyLimit: maxBodyBytes,
    genReqId: () => randomUUID(),
  });
  const apollo = createApollo(options);
  await apollo.start();

  registerRequestId(fastify);
  registerHttpErrors(fastify, graphqlPath);
  registerHealth(fastify, { ping: options.ping, isDraining: () => isDraining });
  await registerPlaygroundAssets(fastify, { graphqlPath });
  fastify.get('/.well-known/jwks.json', async (_request, reply) =>
    reply.header('cache-control', 'public, max-age=300').send(options.publicJwks),
  );
  fastify.route({
    method: ['GET', 'POST', 'OPTIONS'],
    url: graphqlPath,
    handler: fastifyApolloHandler(apollo, { context: createRequestContext(options) }),
  });

  return {
    start: ({ host, port }) => fastify.listen({ host, port }),
    async stop() {
      isDraining = true;
      await fastify.close();
      await apollo.stop();
    },
  };
}

function createApollo({ authorization, logger, toClientError }: ServerOptions) {
  return new ApolloServer<Context>({
    schema: authorization.schema,
    plugins: [
      // First, so that no other plugin can answer before it has decided.
      createAuthorizationPlugin({ ...authorization, realm }),
      createCredentialsOncePlugin(),
      createErrorLogPlugin({ logger, toClientError }),
      createHttpStatusPlugin({ realm }),
      createPlaygroundPlugin({ graphqlPath }),
    ],
    formatError: createFormatError(toClientError),
    introspection: true,
    includeStacktraceInErrorResponses: false,
    hideSchemaDetailsFromClientErrors: true,
    persistedQueries: false,
    csrfPrevention: {
      requestHeaders: ['x-apollo-operation-name', 'apollo-require-preflight', 'authorization'],
    },
    parseOptions: { maxTokens: maxOperationTokens },
    maxRecursiveSelections: maxSelections,
    stopOnTerminationSignals: false,
    logger,
  });
}

/** Every answer bears the id under which the log speaks of it. */
function registerRequestId(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id);
  });
}
