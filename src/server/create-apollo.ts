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
import { createRunKnown, type RunKnown } from './known/run-known.ts';
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

/** Runs operations. */
export interface Operations {
  /** Parses, validates, limits, authorizes and runs any operation. */
  readonly apollo: ApolloServer<OperationContext>;
  /** Limits, authorizes and runs an operation of a document that is in the cache. */
  readonly runKnown: RunKnown;
}

/** Creates the Apollo Server, and its shorter way for documents that it has validated before. */
export function createOperations(options: ApolloOptions): Operations {
  const { authorization, logger, limits, graphqlPath, toClientError } = options;
  const { schema, execute } = authorization;
  const maxErrors = limits.maxErrors;
  const formatError = createFormatError(toClientError, limits.maxTokens);
  const plugins = [
    // First, so that no other plugin can answer before the guards have decided.
    createApolloAdmission<OperationContext>({ ...options, realm, maxErrors }),
    createUnexpectedErrorPlugin(logger),
    createAnswerPlugin({ ...options, realm }),
  ];
  const apollo = new ApolloServer<OperationContext>({
    schema,
    plugins: [
      ...plugins,
      createPlaygroundPlugin({ graphqlPath }),
      // Answers depend on the viewer and must not be cached. The plugin would also wrap the resolver of each field.
      ApolloServerPluginCacheControlDisabled(),
    ],
    formatError,
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
  return { apollo, runKnown: createRunKnown({ schema, execute, plugins, apollo, formatError }) };
}

/** Apollo Server's keys end with the SHA-256 of the text, after a prefix for the schema. */
const toDocumentStore = (documents: DocumentCache): DocumentStore => ({
  get: async (key) => documents.get(hashIn(key)),
  set: async (key, document) => {
    documents.set(hashIn(key), document);
  },
  delete: async (key) => documents.delete(hashIn(key)),
});

const hashIn = (key: string): string => key.slice(key.indexOf(':') + 1);
