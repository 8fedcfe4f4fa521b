import { randomUUID } from 'node:crypto';
import Fastify, { type FastifyInstance, type FastifyRequest, LogController } from 'fastify';
import { createReadDocument } from '../admission/read-document.ts';
import type { EventSource } from '../events/event-source.ts';
import { type ApolloOptions, createApollo, realm } from './create-apollo.ts';
import { createGraphQLHandler } from './graphql-handler.ts';
import { registerHealth } from './health.ts';
import { answerFrameworkError, registerHttpErrors } from './http-errors.ts';
import { type AnswerInTimeOptions, answerInTime } from './limits/answer-in-time.ts';
import { createInTime } from './limits/deadline.ts';
import { createDocumentCheck } from './limits/document-check.ts';
import { createLoadShedding, type LoadLimits, watchEventLoop } from './load-shedding.ts';
import { registerPlaygroundAssets } from './playground.ts';
import { createRequestContext } from './request-context.ts';
import { RequestLog } from './request-log.ts';
import { routeUpgrades } from './subscriptions/upgrades.ts';
import { createSubscriptions, type SubscriptionsOptions } from './subscriptions.ts';
import { traceRequests } from './trace-requests.ts';
import { answerClientError, refuseTunnels } from './transport/client-errors.ts';
import { watchConnections } from './transport/connections.ts';
import { registerCors } from './transport/cors.ts';
import { type ConnectionTimes, defaultTimes, toConnectionLimits } from './transport/http-limits.ts';
import { registerJsonBody } from './transport/json-body.ts';
import { registerOriginLog } from './transport/origin-log.ts';
import { registerEarlyRefusals } from './transport/refuse-early.ts';
import { registerHeaders } from './transport/response-headers.ts';

/** How long requests may take to arrive, in place of what holds otherwise. */
export interface ServerTimes {
  readonly connectionTimes?: ConnectionTimes | undefined;
}

export interface ServerOptions
  extends Omit<SubscriptionsOptions, 'shedding' | 'readDocument' | 'visibleTo' | 'realm'>,
    AnswerInTimeOptions,
    Pick<ApolloOptions, 'errorStatuses' | 'hidesSchema' | 'checkOperation'>,
    ServerTimes {
  readonly loadLimits: LoadLimits;
  /** What happens: the server ends it, but does not start it. */
  readonly events: EventSource;
  /** Asks the database for an answer; rejects without one. */
  readonly ping: () => Promise<void>;
  /** Told of each answer over HTTP. `route` as it was registered, if one takes the request. */
  readonly onResponse: (response: {
    readonly route: string | undefined;
    readonly status: number;
  }) => void;
  /** The public keys that verify access tokens now (RFC 7517, 5). */
  readonly publicJwks: () => { readonly keys: readonly object[] };
  /** How long others may keep them. */
  readonly jwksMaxAgeSeconds: number;
  /** How many proxies in a row, or which addresses, may tell the client's address; absent: none. */
  readonly trustProxy: number | readonly string[] | undefined;
}

export interface Server {
  /** Listens, and gives the address, such as `http://127.0.0.1:4000`. */
  start(address: { readonly host: string; readonly port: number }): Promise<string>;
  /** Says that it is not ready any more, and goes on serving. */
  drain(): void;
  /** Takes no new connections, and resolves once the requests under way have been answered. */
  stop(): Promise<void>;
  /** How many sockets are open, and how many subscriptions run on them. */
  load(): { readonly sockets: number; readonly subscriptions: number };
}

const graphqlPath = '/graphql';

/** Of bodies that are still arriving, whose requests do not count as under way yet. */
const maxArrivingBytes = 64_000_000;

/** Makes the HTTP server: GraphQL, the page for browsers, the public keys, and health. */
export async function createServer(options: ServerOptions): Promise<Server> {
  let isDraining = false;
  let stopWatching = () => {};
  const { connectionTimes = defaultTimes } = options;
  const fastify = Fastify({
    ...toConnectionLimits(connectionTimes, options.limits.timeoutMs),
    clientErrorHandler: (error, connection) => answerClientError(error, connection, connections),
    frameworkErrors: answerFrameworkError,
    // What a proxy has begun to send counts as under way: it could not tell that it was not.
    return503OnClosing: false,
    loggerInstance: options.logger,
    childLoggerFactory: (logger, bindings) => new RequestLog(logger, bindings),
    logController: new LogController({
      disableRequestLogging: true,
      requestIdLogLabel: 'requestId',
    }),
    trustProxy: toTrust(options.trustProxy),
    genReqId: () => randomUUID(),
  });
  const connections = watchConnections(fastify.server);
  const apollo = createApollo({ ...options, graphqlPath });
  await apollo.start();
  const shedding = createLoadShedding({
    ...options.loadLimits,
    onShed: (shed) =>
      options.logger.warn(shed, 'requests were rejected: the server was overloaded'),
  });
  const inDatabaseTime = createInTime(options.inDatabaseTime, options.limits.timeoutMs);
  const inReadTime = createInTime(options.inReadTime, options.limits.timeoutMs);
  const checkDocument = createDocumentCheck(options.limits);
  const subscriptions = createSubscriptions({
    ...{ ...options, inDatabaseTime, shedding, realm },
    ...documentReading(options),
  });
  const upgradeOf = routeUpgrades(fastify, connections);
  const run = createGraphQLHandler(apollo, createRequestContext(options));

  fastify.addHook(
    'onResponse',
    ({ routeOptions: { url: route } }, { statusCode: status }, next) => {
      options.onResponse({ route, status });
      next();
    },
  );
  const inTrace = traceRequests(fastify, options.tracing);
  const { toClientError } = options;
  const answer = answerInTime(
    // What nobody waits for any more is under way until it has ended.
    (request, reply) => shedding.run(() => inTrace(request, () => run(request, reply))),
    { inDatabaseTime, inReadTime, toClientError },
  );
  refuseTunnels(fastify.server, connections);
  await registerTransport(fastify, options);
  registerHttpErrors(fastify, graphqlPath);
  registerHealth(fastify, { ping: options.ping, isDraining: () => isDraining });
  await registerPlaygroundAssets(fastify, { graphqlPath });
  fastify.get('/.well-known/jwks.json', async (_request, reply) =>
    reply
      .header('cache-control', `public, max-age=${options.jwksMaxAgeSeconds}`)
      .send(options.publicJwks()),
  );
  fastify.route({
    method: ['GET', 'POST'],
    url: graphqlPath,
    // Before the body is read; afterwards again, when others have come meanwhile.
    onRequest: (_request, reply, next) =>
      void (shedding.hasRoom() ? next() : shedding.refuse(reply)),
    handler(request, reply) {
      const upgrade = upgradeOf(request.raw);
      if (upgrade !== undefined) return subscriptions.accept(request, reply, upgrade);
      if (!shedding.hasRoom()) return shedding.refuse(reply);
      const problem = checkDocument(documentOf(request));
      if (problem !== undefined) return reply.code(400).send({ errors: [problem] });
      return answer(request, reply);
    },
  });

  return {
    async start({ host, port }) {
      stopWatching = watchEventLoop(shedding.observe);
      return fastify.listen({ host, port });
    },
    drain() {
      isDraining = true;
    },
    load: subscriptions.load,
    async stop() {
      isDraining = true;
      stopWatching();
      // Sockets end before their events do: a client must not take the one for the other.
      const ended = subscriptions.stop().then(() => options.events.stop());
      const stopEnding = connections.end(connectionTimes.checkMs);
      await Promise.all([ended, fastify.close()]).finally(stopEnding);
      await apollo.stop();
    },
  };
}

/** How the documents of sockets are read. */
function documentReading({ authorization, hidesSchema, limits }: ServerOptions) {
  const { schema, visibleTo } = authorization;
  const { maxTokens, maxToldErrors: maxErrors } = limits;
  return {
    readDocument: createReadDocument({ schema, maxTokens, maxErrors }),
    visibleTo: hidesSchema ? visibleTo : () => schema,
  };
}

/** The document of a request, whatever it is, from where Apollo Server takes it. */
function documentOf({ method, body, url }: FastifyRequest): unknown {
  // Decoded as it does: Fastify leaves a whole value as it is when a part of it is escaped wrongly.
  if (method === 'GET') return new URL(url, 'http://localhost').searchParams.get('query');
  return typeof body === 'object' && body !== null && 'query' in body ? body.query : undefined;
}

/**
 * Fastify itself believes no number, since it trusts whoever connects: who sets one says that nobody
 * but the proxies can reach this server.
 */
function toTrust(proxies: ServerOptions['trustProxy']) {
  if (typeof proxies === 'number') return (_address: string, hop: number) => hop < proxies;
  return proxies === undefined ? false : [...proxies];
}

/** What HTTP asks of every answer and every request, in this order. */
async function registerTransport(
  fastify: FastifyInstance,
  { allowedOrigins, limits }: Pick<ServerOptions, 'allowedOrigins' | 'limits'>,
): Promise<void> {
  registerHeaders(fastify);
  registerOriginLog(fastify, allowedOrigins);
  await registerCors(fastify, allowedOrigins);
  registerEarlyRefusals(fastify, graphqlPath);
  registerJsonBody(fastify, { ...limits, maxArrivingBytes });
}
