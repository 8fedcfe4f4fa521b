import type { ApolloServerPlugin, GraphQLRequestListener } from '@apollo/server';
import type { Authorization } from '@gatehouse/authorization';
import type { FastifyBaseLogger } from 'fastify';
import type { CheckOperation } from '../../admission/check-operation.ts';
import type { Context } from '../../composition/context.ts';
import { withCurrentViewer } from '../../composition/create-context.ts';
import { createUnexpectedErrorPlugin } from '../apollo-logger.ts';
import { setCookie } from '../cookies/set-cookie.ts';
import { createErrorLogPlugin } from '../error-log-plugin.ts';
import type { StatusOptions } from '../failed-operation.ts';
import { createFormatError, type ToClientError } from '../format-error.ts';
import { createHttpStatusPlugin } from '../http-status-plugin.ts';
import { refuseSubscription } from '../refuse-subscription.ts';
import { createApolloAdmission } from './apollo-admission.ts';
import type { HostContext } from './host-context.ts';

export interface HostPluginOptions extends StatusOptions {
  readonly authorization: Authorization<Context>;
  readonly checkOperation: CheckOperation;
  readonly toClientError: ToClientError;
  readonly logger: Pick<FastifyBaseLogger, 'error' | 'warn' | 'info'>;
  /** Whether errors name only the part of the schema that the viewer can see. */
  readonly hidesSchema: boolean;
  readonly maxErrors: number;
}

/**
 * Creates the one plugin that an Apollo Server needs. It authorizes operations before they run, gives errors the same
 * form and status as in Gatehouse's own server, and masks and logs all other errors.
 */
export function createApolloHostPlugin(
  options: HostPluginOptions,
): ApolloServerPlugin<HostContext> {
  const { toClientError, logger } = options;
  return inOrder([
    // Apollo Server copies what the context builder returns, with the values of its getters.
    { requestDidStart: async ({ contextValue }) => void withCurrentViewer(contextValue) },
    createErrorLogPlugin({ logger, toClientError }),
    createErrorPlugin(createFormatError(toClientError)),
    createApolloAdmission(options),
    // Apollo Server would run it as a query.
    {
      requestDidStart: async () => ({
        responseForOperation: async (prepared) => refuseSubscription(prepared),
      }),
    },
    createUnexpectedErrorPlugin(logger),
    createHttpStatusPlugin(options),
    {
      requestDidStart: async () => ({ willSendResponse: async (answered) => setCookie(answered) }),
    },
  ]);
}

/** Formats errors as in Gatehouse's own server, whatever the host's `formatError` does. */
const createErrorPlugin = (
  formatError: ReturnType<typeof createFormatError>,
): ApolloServerPlugin<Context> => ({
  async requestDidStart() {
    return {
      async willSendResponse({ errors: thrown = [], response: { body } }) {
        if (body.kind !== 'single' || body.singleResult.errors === undefined) return;
        // Apollo formats the errors one by one and in order, so both arrays have the same indices.
        body.singleResult.errors = body.singleResult.errors.map((formatted, index) => {
          const error = thrown[index];
          if (error === undefined) return formatted;
          const { stacktrace: _private, ...extensions } = formatted.extensions ?? {};
          return formatError({ ...formatted, extensions }, error);
        });
      },
    };
  },
});

/** Joins several plugins to one, whose hooks run one after another. */
function inOrder(plugins: readonly ApolloServerPlugin<Context>[]): ApolloServerPlugin<HostContext> {
  return {
    async requestDidStart(requestContext) {
      const listeners: GraphQLRequestListener<Context>[] = [];
      for (const plugin of plugins) {
        const listener = await plugin.requestDidStart?.(requestContext);
        if (listener) listeners.push(listener);
      }
      return {
        async didResolveOperation(resolved) {
          for (const each of listeners) await each.didResolveOperation?.(resolved);
        },
        async responseForOperation(prepared) {
          for (const each of listeners) {
            const response = await each.responseForOperation?.(prepared);
            if (response) return response;
          }
          return null;
        },
        async didEncounterErrors(failed) {
          for (const each of listeners) await each.didEncounterErrors?.(failed);
        },
        async willSendResponse(answered) {
          for (const each of listeners) await each.willSendResponse?.(answered);
        },
      };
    },
    async unexpectedErrorProcessingRequest(unexpected) {
      for (const plugin of plugins) await plugin.unexpectedErrorProcessingRequest?.(unexpected);
    },
  };
}
