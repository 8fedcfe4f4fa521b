import {
  type ApolloServer,
  type ApolloServerPlugin,
  type GraphQLRequestContext,
  type GraphQLRequestListener,
  type GraphQLResponse,
  HeaderMap,
} from '@apollo/server';
import type { Authorization } from '@gatehouse/authorization';
import type { DocumentNode, GraphQLError, GraphQLSchema, OperationDefinitionNode } from 'graphql';
import type { createFormatError } from '../format-error.ts';
import { asGraphQLError } from '../graphql-error.ts';
import type { OperationContext } from '../request-context.ts';
import { formatErrors } from './format-errors.ts';
import type { PostedOperation } from './posted-operation.ts';

/** An operation of a document that was valid in an earlier request. */
export interface KnownOperation {
  readonly posted: PostedOperation;
  /** The SHA-256 of the document's text, in hexadecimal. */
  readonly queryHash: string;
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  /** The header `Prefer` (RFC 7240). */
  readonly prefer: string | undefined;
}

/** A complete answer over HTTP. */
export interface KnownAnswer {
  readonly http: GraphQLResponse['http'];
  /** JSON, in the form of Apollo Server: errors come first (GraphQL, 7.1), and a line break last. */
  readonly body: string;
}

/** @throws {Error} without detail, after an unexpected error of a plugin, which has been logged. */
export type RunKnown = (
  known: KnownOperation,
  contextValue: OperationContext,
) => Promise<KnownAnswer>;

export interface RunKnownOptions {
  readonly schema: GraphQLSchema;
  readonly execute: Authorization<unknown>['execute'];
  /** The plugins of Apollo Server, in its order. */
  readonly plugins: readonly ApolloServerPlugin<OperationContext>[];
  readonly apollo: Pick<ApolloServer<OperationContext>, 'cache' | 'logger'>;
  readonly formatError: ReturnType<typeof createFormatError>;
}

type Run = Required<Pick<GraphQLRequestContext<OperationContext>, 'operation' | 'document'>> &
  Omit<GraphQLRequestContext<OperationContext>, 'response' | 'errors'> & {
    readonly source: string;
    readonly queryHash: string;
    readonly operationName: string | null;
    readonly response: GraphQLResponse;
    errors?: readonly GraphQLError[];
  };

type Listeners = readonly GraphQLRequestListener<OperationContext>[];

/**
 * Creates the function that runs known operations. It calls the plugins of Apollo Server in the same phases, and omits
 * the other work that Apollo Server does for each request. Both give the same answer.
 */
export function createRunKnown(options: RunKnownOptions): RunKnown {
  const { plugins } = options;

  return async (known, contextValue) => {
    const run = toRun(known, contextValue, options);
    try {
      const listeners: GraphQLRequestListener<OperationContext>[] = [];
      for (const plugin of plugins) {
        const listener = await plugin.requestDidStart?.(run);
        if (listener) listeners.push(listener);
      }
      await answer(run, listeners, options);
      for (const listener of listeners) await listener.willSendResponse?.(run);
      return { http: run.response.http, body: toBody(run.response) };
    } catch (error) {
      const unexpected = error instanceof Error ? error : new Error(String(error));
      for (const plugin of plugins) {
        await plugin.unexpectedErrorProcessingRequest?.({ requestContext: run, error: unexpected });
      }
      options.apollo.logger.error('Unexpected error processing request');
      throw new Error('The operation could not be processed.');
    }
  };
}

function toBody({ body }: GraphQLResponse): string {
  if (body.kind !== 'single') throw new Error('A known operation has one result.');
  const { errors, data, extensions } = body.singleResult;
  return `${JSON.stringify({ errors, data, extensions })}\n`;
}

function toRun(
  { posted, queryHash, document, operation, prefer }: KnownOperation,
  contextValue: OperationContext,
  { schema, apollo: { cache, logger } }: RunKnownOptions,
): Run {
  const headers = new HeaderMap(prefer === undefined ? [] : [['prefer', prefer]]);
  return {
    request: { http: { method: 'POST', headers, search: '', body: posted }, ...posted },
    response: {
      http: { headers: new HeaderMap() },
      body: { kind: 'single', singleResult: {} },
    },
    logger,
    cache,
    schema,
    contextValue,
    queryHash,
    document,
    operation,
    source: posted.query,
    operationName: operation.name?.value ?? null,
    metrics: {},
    overallCachePolicy,
    requestIsBatched: false,
  };
}

/** Answers depend on the viewer and are never cached. */
const overallCachePolicy = { replace() {}, restrict() {}, policyIfCacheable: () => null };

/** Admits and runs the operation, and puts its result into the response. */
async function answer(run: Run, listeners: Listeners, options: RunKnownOptions): Promise<void> {
  const { response } = run;
  const fail = async (errors: readonly GraphQLError[]) => {
    const failed = Object.assign(run, { errors });
    for (const listener of listeners) await listener.didEncounterErrors?.(failed);
    return formatErrors(errors, response.http, options.formatError);
  };
  try {
    for (const listener of listeners) await listener.didResolveOperation?.(run);
  } catch (error) {
    const errors = await fail([asGraphQLError(error)]);
    response.http.status ??= 500;
    response.body = { kind: 'single', singleResult: { errors } };
    return;
  }
  for (const listener of listeners) {
    const answered = await listener.responseForOperation?.(run);
    if (!answered) continue;
    Object.assign(response, answered);
    return;
  }
  const { schema, execute } = options;
  const { document, contextValue, request } = run;
  const { operationName, variables: variableValues } = request;
  const result = await execute({ schema, document, contextValue, operationName, variableValues });
  const { errors, ...rest } = result;
  const singleResult = errors === undefined ? rest : { errors: await fail(errors), ...rest };
  response.body = { kind: 'single', singleResult };
}
