import type { ApolloServerPlugin } from '@apollo/server';
import type { Authorization } from '@gatehouse/authorization';
import type { GraphQLSchema } from 'graphql';
import type { Context } from '../../composition/context.ts';
import { createApolloHostPlugin, type HostPluginOptions } from './apollo-host.ts';
import { createEnvelopHostPlugin, type EnvelopHostPlugin } from './envelop-host.ts';
import {
  type ContextOf,
  createContextOf,
  type HostContext,
  type HostContextOptions,
} from './host-context.ts';
import { createHttpHandler, type HttpHandler, type HttpHandlerOptions } from './http-handler.ts';

export interface HostsOptions
  extends Omit<HostPluginOptions, 'realm'>,
    Omit<HostContextOptions, 'onError'>,
    Omit<HttpHandlerOptions, 'isDraining' | 'onPingError'> {
  readonly authorization: Authorization<Context>;
}

/** The parts for an existing GraphQL server. */
export interface Hosts {
  /** The composed schema with its guards. Serve it with one of the plugins. */
  readonly schema: GraphQLSchema;
  /** For Apollo Server, with any HTTP framework. */
  apolloPlugin(): ApolloServerPlugin<HostContext>;
  /** For GraphQL Yoga and other Envelop servers. */
  envelopPlugin(): EnvelopHostPlugin;
  readonly contextOf: ContextOf;
  readonly handler: HttpHandler;
}

const realm = 'gatehouse';

/** Creates the parts that join Gatehouse to an existing server. */
export function createHosts(options: HostsOptions): Hosts {
  const { authorization, logger } = options;
  const pluginOptions = { ...options, realm };
  return {
    schema: authorization.schema,
    apolloPlugin: () => createApolloHostPlugin(pluginOptions),
    envelopPlugin: () => createEnvelopHostPlugin(pluginOptions),
    contextOf: createContextOf({
      ...options,
      onError: (level, error, requestId) =>
        logger[level]({ err: error, requestId }, 'looking up the viewer failed'),
    }),
    handler: createHttpHandler({
      ...options,
      // Only the host knows when it stops.
      isDraining: () => false,
      onPingError: (error) => logger.warn({ err: error }, 'the database does not respond'),
    }),
  };
}
