import { ApolloServer, type DocumentStore } from '@apollo/server';
import { ApolloServerPluginCacheControlDisabled } from '@apollo/server/plugin/disabled';
import type { Authorization } from '@gatehouse/authorization';
import type { FastifyBaseLogger } from 'fastify';
import type { CheckOperation } from '../admission/check-operation.ts';
import type { DocumentCache } from '../admission/document-cache.ts';
import { createProblemRule } from '../admission/document-problem.ts';
import type { OperationLimits } from '../admission/limits.ts';
import type { Context } from '../composition/context.ts';
import { type AnswerOptions, createAnswerPlugin } from './answer-plugin.ts';
import { createApolloLogger, createUnexpectedErrorPlugin } from './apollo-logger.ts';
import { createFormatError } from './format-error.ts';
import { createApolloAdmission } from './hosts/apollo-admission.ts';
import { createPlaygroundPlugin } from './playground.ts';
import type { OperationContext } from './request-context.ts';

export interface ApolloOptions extends Omit<AnswerOptions, 'realm'> {
  readonly authorization: Authorization<Context>;
  readonly limits: OperationLimits;
  readonly checkOperation: CheckOperation;
  readonly documents: DocumentCache;
  readonly logger: FastifyBaseLogger;
  /** Whether errors name only the part of the schema that the viewer can see. */
  readonly hidesSchema: boolean;
  readonly graphqlPath: string;
}

/** Names the protected space in `WWW-Authenticate` (RFC 9110, 11.5). */
export const realm = 'gatehouse';

/** Creates the Apollo Server that parses, validates, limits, authorizes and runs operations. */
export function createApollo(options: ApolloOptions) {
  const { authorization, logger, limits, graphqlPath, toClientError } = options;
  const maxErrors = limits.maxErrors;
  return new ApolloServer<OperationContext>({
    schema: authorization.schema,
    plugins: [
      // First, so that no other plugin can answer before the guards have decided.
      createApolloAdmission({ ...options, realm, maxErrors }),
      createUnexpectedErrorPlugin(logger),
      createPlaygroundPlugin({ graphqlPath }),
      // Answers depend on the viewer and must not be cached. The plugin would also wrap the resolver of each field.
      ApolloServerPluginCacheControlDisabled(),
      createAnswerPlugin({ ...options, realm }),
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
    documentStore: toDocumentStore(options.documents),
    parseOptions: { maxTokens: limits.maxTokens },
    validationRules: [createProblemRule(maxErrors)],
    validationOptions: { maxErrors, hideSuggestions: true },
    executionOptions: { maxCoercionErrors: maxErrors },
    stopOnTerminationSignals: false,
    logger: createApolloLogger(logger),
  });
}

/** Apollo Server's keys are hashes, which are never the text of a document. */
const toDocumentStore = (documents: DocumentCache): DocumentStore => ({
  get: async (key) => documents.get(key),
  set: async (key, document) => {
    documents.set(key, document);
  },
  delete: async (key) => documents.delete(key),
});
