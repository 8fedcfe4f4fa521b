import type { Authorization } from '@graphql-gatehouse/authorization';
import type { FastifyBaseLogger } from 'fastify';
import type { GraphQLSchema } from 'graphql';
import type { Context } from '../../context/context.ts';
import type { Route } from '../../context/route.ts';
import type { Operations } from '../../operation/create-operations.ts';
import { type AccessWatchOptions, createAccessWatch } from '../access/access.ts';
import { createFindRoutes } from '../routes/find-routes.ts';
import { createRunRoute, type RunRouteOptions } from '../routes/run-route.ts';
import { createClientAddress } from './client-address.ts';
import { type ContextOf, createContextOf, type HostContextOptions } from './host-context.ts';
import { createHostRun, createSubscribe, type HostRun } from './host-run.ts';
import { createHttpHandler, type HttpHandler, type HttpHandlerOptions } from './http-handler.ts';
import { createOpenStream } from './open-stream.ts';
import type { PluginHost, PluginParts } from './plugin-parts.ts';
import { createHandleRoute } from './route-handler.ts';

export interface HostsOptions
  extends Omit<HostContextOptions, 'onError' | 'addressOf' | 'watch'>,
    Omit<HttpHandlerOptions, 'handleRoute' | 'isDraining' | 'onPingError'>,
    Pick<RunRouteOptions, 'withinBudget' | 'elapsedMs'>,
    Pick<AccessWatchOptions, 'membershipsOf' | 'tokenEndsAt' | 'events' | 'now'>,
    Pick<PluginParts, 'hidesSchema' | 'maxErrors'> {
  readonly authorization: Authorization<Context>;
  readonly operations: Operations;
  /** The routes of all packages. Their paths differ. */
  readonly routes: readonly Route[];
  readonly logger: Pick<FastifyBaseLogger, 'error' | 'warn' | 'info'>;
}

/** The parts for an existing GraphQL server. */
export interface Hosts extends PluginHost {
  /** The composed schema with its guards. Serve it with one of the plugins, or with `run`. */
  readonly schema: GraphQLSchema;
  readonly run: HostRun;
  readonly contextOf: ContextOf;
  readonly handler: HttpHandler;
}

/** The parts for an existing server, and the function that ends their subscriptions. */
interface RunningHosts {
  readonly hosts: Hosts;
  readonly stop: () => void;
}

/** Creates the parts that join Gatehouse to an existing server. */
export function createHosts(options: HostsOptions): RunningHosts {
  const { authorization, operations, logger, hidesSchema, maxErrors } = options;
  const { schema } = authorization;
  const openStream = createOpenStream({ ...operations, schema });
  const subscribe = createSubscribe({ ...operations, openStream });
  const { watch, stop } = createAccessWatch(options);
  const addressOf = createClientAddress((advice) => logger.warn(advice));
  const hosts: Hosts = {
    schema,
    pluginParts: { ...operations, authorization, hidesSchema, maxErrors, subscribe, logger },
    run: createHostRun({ ...operations, subscribe }),
    contextOf: createContextOf({
      ...options,
      watch,
      onError: (level, error, requestId) =>
        logger[level]({ err: error, requestId }, 'looking up the viewer failed'),
      addressOf,
    }),
    handler: createHttpHandler({
      ...options,
      handleRoute: createHandleRoute({
        findRoutes: createFindRoutes(options.routes),
        runRoute: createRunRoute(options),
        addressOf,
        randomId: options.randomId,
        onBodyError: (error) => logger.error({ err: error }, 'a body could not be read'),
      }),
      // Only the host knows when it stops.
      isDraining: () => false,
      onPingError: (error) => logger.warn({ err: error }, 'the database does not respond'),
    }),
  };
  return { hosts, stop };
}
