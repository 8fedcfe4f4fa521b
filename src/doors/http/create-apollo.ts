import { ApolloServer } from '@apollo/server';
import { ApolloServerPluginCacheControlDisabled } from '@apollo/server/plugin/disabled';
import type { FastifyBaseLogger } from 'fastify';
import type { GraphQLSchema } from 'graphql';
import type { OperationContext } from '../../operation/asked.ts';
import type { Operations } from '../../operation/create-operations.ts';
import { createFormatError, type ToClientError } from '../../operation/errors/format-error.ts';
import type { OperationLimits } from '../../operation/limits.ts';
import type { LinkedPages } from '../../playground/page-files.ts';
import { createPlaygroundPlugin } from '../../playground/playground.ts';
import { createApolloLogger, createUnexpectedErrorPlugin } from './apollo-logger.ts';
import { createRunPlugin } from './run-plugin.ts';

export interface ApolloOptions {
  readonly schema: GraphQLSchema;
  readonly operations: Operations;
  readonly limits: Pick<OperationLimits, 'maxTokens'>;
  readonly logger: FastifyBaseLogger;
  readonly toClientError: ToClientError;
  readonly graphqlPath: string;
  /** The pages of all packages. */
  readonly pages: readonly LinkedPages[];
}

/**
 * Creates the Apollo Server of Gatehouse's own port. It reads requests of every form, negotiates the type of the answer
 * and shows the page. It validates and runs nothing: its first plugin answers every operation.
 */
export function createApollo(options: ApolloOptions): ApolloServer<OperationContext> {
  const { schema, operations, logger, limits, graphqlPath, pages, toClientError } = options;
  return new ApolloServer<OperationContext>({
    schema,
    plugins: [
      createRunPlugin(operations),
      createUnexpectedErrorPlugin(logger),
      createPlaygroundPlugin({ graphqlPath, pages }),
      // Answers depend on the viewer and must not be cached. The plugin would also wrap the resolver of each field.
      ApolloServerPluginCacheControlDisabled(),
    ],
    formatError: createFormatError(toClientError, limits.maxTokens),
    introspection: true,
    includeStacktraceInErrorResponses: false,
    // Apollo's plugin for this takes quadratic time in the length of a message, and messages quote the client.
    hideSchemaDetailsFromClientErrors: false,
    persistedQueries: false,
    csrfPrevention: {
      requestHeaders: ['x-apollo-operation-name', 'apollo-require-preflight', 'authorization'],
    },
    documentStore: null,
    parseOptions: { maxTokens: limits.maxTokens },
    dangerouslyDisableValidation: true,
    stopOnTerminationSignals: false,
    logger: createApolloLogger(logger),
  });
}
