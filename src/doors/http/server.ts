import { randomUUID } from 'node:crypto';
import Fastify, { LogController } from 'fastify';
import type { EventSource } from '../../events/event-source.ts';
import { createRequestContext } from '../request/request-context.ts';
import { createFindRoutes } from '../routes/find-routes.ts';
import { createRunRoute, type RunRouteOptions } from '../routes/run-route.ts';
import { createSubscriptions, type SubscriptionsOptions } from '../socket/subscriptions.ts';
import { routeUpgrades } from '../socket/upgrades.ts';
import { answerClientError } from '../transport/client-errors.ts';
import { type Connections, watchConnections } from '../transport/connections.ts';
import { answerFrameworkError } from '../transport/http-errors.ts';
import {
  type ConnectionTimes,
  defaultTimes,
  toConnectionLimits,
} from '../transport/http-limits.ts';
import { createLoadShedding, type LoadLimits, watchEventLoop } from '../transport/load-shedding.ts';
import { createReadBody } from '../transport/read-body.ts';
import type { AnswerInTimeOptions } from './answer-in-time.ts';
import { createApollo } from './create-apollo.ts';
import { createGraphQLHandler } from './graphql-handler.ts';
import type { PagesOptions } from './package-pages.ts';
import { type PipelineParts, pipeline } from './pipeline.ts';
import type { PublicKeysOptions } from './public-keys.ts';
import { RequestLog } from './request-log.ts';
import { createTrace } from './trace-requests.ts';

/** Overrides how long requests may take to arrive. */
export interface ServerTimes {
  readonly connectionTimes?: ConnectionTimes | undefined;
}

export interface ServerOptions
  extends Omit<SubscriptionsOptions, 'shedding'>,
    AnswerInTimeOptions,
    PagesOptions,
    PublicKeysOptions,
    Pick<PipelineParts, 'onResponse' | 'ping' | 'routes'>,
    Pick<RunRouteOptions, 'elapsedMs'>,
    ServerTimes {
  readonly loadLimits: LoadLimits;
  /** The sources of events. The server ends them, but does not start them. */
  readonly events: EventSource;
  /** The number of proxies, or the addresses of proxies, whose `X-Forwarded-For` is trusted. Absent: none. */
  readonly trustProxy: number | readonly string[] | undefined;
}

export interface Server {
  /** Listens, and returns the address, such as `http://127.0.0.1:4000`. */
  start(address: { readonly host: string; readonly port: number }): Promise<string>;
  /** Reports that it is not ready, and continues to serve. */
  drain(): void;
  /** Accepts no new connections, and resolves when all current requests have been answered. */
  stop(): Promise<void>;
  load(): { readonly sockets: number; readonly subscriptions: number };
}

const graphqlPath = '/graphql';

/** Creates the HTTP server: GraphQL, the page for browsers, what packages serve, the public keys, and health. */
export async function createServer(options: ServerOptions): Promise<Server> {
  let isDraining = false;
  let stopWatching = () => {};
  const { connectionTimes = defaultTimes } = options;
  const fastify = createFastify(options, () => connections);
  const connections = watchConnections(fastify.server);
  const { schema } = options.authorization;
  const apollo = createApollo({ ...options, schema, graphqlPath });
  await apollo.start();
  const shedding = createLoadShedding({
    ...options.loadLimits,
    onShed: (shed) =>
      options.logger.warn(shed, 'requests were rejected: the server was overloaded'),
  });
  const subscriptions = createSubscriptions({ ...options, shedding });
  const trace = options.tracing && createTrace(options.tracing);
  const parts: PipelineParts = {
    ...options,
    graphqlPath,
    connections,
    trace,
    resolveId: options.operations.gate.resolveId,
    subscriptions,
    shedding,
    upgradeOf: routeUpgrades(fastify, connections),
    run: createGraphQLHandler({
      ...options.operations,
      apollo,
      createContext: createRequestContext(options),
    }),
    readBody: createReadBody(),
    maxBodyBytes: options.limits.maxBodyBytes,
    findRoutes: createFindRoutes(options.routes),
    runRoute: createRunRoute({ ...options, traceOperation: trace?.operation }),
    isDraining: () => isDraining,
  };
  for (const step of pipeline) await step.add(fastify, parts);

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
      // Sockets end before their events: clients must be able to distinguish both.
      const ended = subscriptions.stop().then(() => options.events.stop());
      const stopEnding = connections.end(connectionTimes.checkMs);
      await Promise.all([ended, fastify.close()]).finally(stopEnding);
      await apollo.stop();
    },
  };
}

function createFastify(
  { connectionTimes = defaultTimes, limits, logger, trustProxy }: ServerOptions,
  connections: () => Connections,
) {
  return Fastify({
    ...toConnectionLimits(connectionTimes, limits.timeoutMs),
    clientErrorHandler: (error, connection) => answerClientError(error, connection, connections()),
    frameworkErrors: answerFrameworkError,
    // A request that a proxy has begun to send is still served: the proxy could not know that the server is closing.
    return503OnClosing: false,
    loggerInstance: logger,
    childLoggerFactory: (parent, bindings) => new RequestLog(parent, bindings),
    logController: new LogController({
      disableRequestLogging: true,
      requestIdLogLabel: 'requestId',
    }),
    trustProxy: toTrust(trustProxy),
    genReqId: () => randomUUID(),
  });
}

/**
 * Converts the number of proxies to Fastify's option. Fastify does not accept a number, because that is safe only if
 * clients cannot reach the server without the proxies. An operator who sets a number confirms that.
 */
function toTrust(proxies: ServerOptions['trustProxy']) {
  if (typeof proxies === 'number') return (_address: string, hop: number) => hop < proxies;
  return proxies === undefined ? false : [...proxies];
}
