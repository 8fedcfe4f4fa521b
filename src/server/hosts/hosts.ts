import type { ApolloServerPlugin } from '@apollo/server';
import type { Authorization } from '@gatehouse/authorization';
import type { GraphQLSchema } from 'graphql';
import { findRequestErrors } from '../../admission/request-errors.ts';
import type { Context } from '../../composition/context.ts';
import type { EventSource } from '../../events/event-source.ts';
import { type AccessWatchOptions, createAccessWatch } from '../subscriptions/access.ts';
import { createApolloHostPlugin, type HostPluginOptions } from './apollo-host.ts';
import { createEnvelopHostPlugin, type EnvelopHostPlugin } from './envelop-host.ts';
import { createErrorFormat } from './error-format.ts';
import {
  type ContextOf,
  createContextOf,
  type HostContext,
  type HostContextOptions,
} from './host-context.ts';
import { createRun, type Run } from './host-run.ts';
import { createHttpHandler, type HttpHandler, type HttpHandlerOptions } from './http-handler.ts';
import { createOpenStream, type HostOperation } from './open-stream.ts';

export interface HostsOptions
  extends Omit<HostPluginOptions, 'realm'>,
    Omit<HostContextOptions, 'onError' | 'onAdvice' | 'watch'>,
    Omit<HttpHandlerOptions, 'isDraining' | 'onPingError'>,
    Pick<AccessWatchOptions, 'membershipsOf' | 'tokenEndsAt' | 'now'> {
  readonly authorization: Authorization<Context>;
  readonly events: Pick<EventSource, 'onAccessChange'>;
}

/** The parts for an existing GraphQL server. */
export interface Hosts {
  /** The composed schema with its guards. Serve it with one of the plugins, or with `run`. */
  readonly schema: GraphQLSchema;
  /** For Apollo Server, with any HTTP framework. */
  apolloPlugin(): ApolloServerPlugin<HostContext>;
  /** For GraphQL Yoga and other Envelop servers. */
  envelopPlugin(): EnvelopHostPlugin;
  readonly run: Run;
  readonly contextOf: ContextOf;
  readonly handler: HttpHandler;
}

const realm = 'gatehouse';

/** The parts for an existing server, and the function that ends their subscriptions. */
interface RunningHosts {
  readonly hosts: Hosts;
  readonly stop: () => void;
}

/** Creates the parts that join Gatehouse to an existing server. */
export function createHosts(options: HostsOptions): RunningHosts {
  const { authorization, logger, events, hidesSchema, maxErrors } = options;
  const pluginOptions = { ...options, realm };
  const { schema, visibleTo } = authorization;
  const shownTo = hidesSchema ? visibleTo : () => schema;
  const runOptions = {
    ...options,
    format: createErrorFormat(options),
    findErrors: (operation: HostOperation) =>
      findRequestErrors(operation, {
        schema,
        maxErrors,
        visible: () => shownTo(operation.contextValue.viewer),
      }),
  };
  const openStream = createOpenStream(runOptions);
  const { watch, stop } = createAccessWatch({
    ...options,
    onAccessChange: events.onAccessChange,
    authorizeOperation: authorization.authorizeOperation,
    onError: (error, { requestId }) =>
      logger.warn({ err: error, requestId }, 'looking up a viewer failed; retrying'),
  });
  const hosts: Hosts = {
    schema,
    apolloPlugin: () => createApolloHostPlugin(pluginOptions),
    envelopPlugin: () => createEnvelopHostPlugin({ ...pluginOptions, ...runOptions, openStream }),
    run: createRun({ ...runOptions, openStream }),
    contextOf: createContextOf({
      ...options,
      watch,
      onError: (level, error, requestId) =>
        logger[level]({ err: error, requestId }, 'looking up the viewer failed'),
      onAdvice: (advice) => logger.warn(advice),
    }),
    handler: createHttpHandler({
      ...options,
      // Only the host knows when it stops.
      isDraining: () => false,
      onPingError: (error) => logger.warn({ err: error }, 'the database does not respond'),
    }),
  };
  return { hosts, stop };
}
