import type {
  ApolloServerPlugin,
  BaseContext,
  GraphQLRequestContextWillSendResponse,
} from '@apollo/server';
import { GraphQLError } from 'graphql';
import { AuthorizationError } from '../enforcement/authorization-error.ts';
import type { AuthorizeOperation } from '../enforcement/authorize-operation.ts';
import {
  hasData,
  isDenial,
  listDenials,
  maxListedDenials,
  toDeniedResult,
  toLenientResult,
} from '../enforcement/denied-result.ts';
import { toDenialResponse } from '../enforcement/http-response.ts';
import { lenientHandling, prefersLenient } from '../enforcement/prefer.ts';
import type { IntrospectOperation } from '../visibility/introspect-operation.ts';
import { showIntrospection } from '../visibility/introspected-result.ts';
import type { IntrospectionAnswer } from '../visibility/introspection.ts';

/** `realm` names the protected space in `WWW-Authenticate` (RFC 9110, 11.5). */
export interface AuthorizationPluginOptions<TContext> {
  readonly authorizeOperation: AuthorizeOperation<TContext>;
  readonly introspect: IntrospectOperation<TContext>;
  readonly realm: string;
}

/**
 * Decides each operation before Apollo Server runs it, and answers refusals with 401 or 403 and no
 * data. Stands before every plugin that may answer in the place of execution, such as a cache.
 *
 * The decision is made once the operation is known, never in a validation rule: Apollo keeps validated
 * documents by text, so the next viewer would inherit it. Introspection is answered here, too, so
 * that nothing of it comes from another viewer's request.
 *
 * The operations of a batch share one HTTP status, and a 401 or 403 means that nothing was done: each of them
 * is refused with 400 and the code `BATCHING_NOT_SUPPORTED`.
 */
export function createAuthorizationPlugin<TContext extends BaseContext>({
  authorizeOperation,
  introspect,
  realm,
}: AuthorizationPluginOptions<TContext>): ApolloServerPlugin<TContext> {
  return {
    async requestDidStart() {
      let denials: readonly AuthorizationError[] = [];
      let introspection: IntrospectionAnswer | undefined;
      let isLenient = false;
      return {
        async didResolveOperation(requestContext) {
          if (requestContext.requestIsBatched) throw new BatchingError();
          const { document, operation, request, contextValue } = requestContext;
          isLenient =
            operation?.operation === 'query' && prefersLenient(request.http?.headers.get('prefer'));
          const { operationName, variables: variableValues } = request;
          const asked = { document, operationName, variableValues, contextValue, isLenient };
          introspection = introspect(asked);
          denials = await authorizeOperation(asked);
        },
        async responseForOperation({ response }) {
          const { http } = response;
          if (denials.length === 0 && introspection?.whole !== undefined) {
            const singleResult = { data: { ...introspection.whole } };
            return { http, body: { kind: 'single', singleResult } };
          }
          if (denials.length === 0 || isLenient) return null;
          setStatus(http, denials, realm);
          const errors = denials.slice(0, maxListedDenials).map((denial) => denial.toJSON());
          return { http, body: { kind: 'single', singleResult: { errors } } };
        },
        async willSendResponse(requestContext) {
          if (isLenient) tolerate(requestContext, denials);
          else if (requestContext.operation?.operation === 'query')
            refuseDeniedQuery(requestContext, realm);
          else limitMutationDenials(requestContext);
          if (introspection !== undefined) showVisible(requestContext, introspection);
          // Last, for a type that is hidden is no data: the status would tell that it exists.
          if (isLenient) refuseWithoutData(requestContext, realm);
        },
      };
    },
  };
}

/** The operation is one of a batch. It is refused as a bad request. */
class BatchingError extends GraphQLError {
  override readonly name = 'BatchingError';

  constructor() {
    super('Batches of operations are not supported: send each operation by itself.', {
      extensions: { code: 'BATCHING_NOT_SUPPORTED', http: { status: 400 } },
    });
  }
}

type WillSendResponse<TContext extends BaseContext> =
  GraphQLRequestContextWillSendResponse<TContext>;

function refuseDeniedQuery<TContext extends BaseContext>(
  { response, errors }: WillSendResponse<TContext>,
  realm: string,
): void {
  const { body } = response;
  if (body.kind !== 'single' || body.singleResult.data === undefined) return;
  const refused = toDeniedResult({ errors: denialsOf(errors) });
  if (refused === undefined) return;
  body.singleResult = refused;
  setStatus(response.http, refused.errors, realm);
}

/** A mutation that was denied while it ran keeps its data, and its errors in the host's own form. */
function limitMutationDenials<TContext extends BaseContext>({
  response: { body },
  errors: thrown = [],
}: WillSendResponse<TContext>): void {
  if (body.kind !== 'single' || !thrown.some(isRefusal)) return;
  const { errors = [] } = body.singleResult;
  const denials = errors.filter((_, index) => isRefusal(thrown[index]));
  const others = errors.filter((_, index) => !isRefusal(thrown[index]));
  body.singleResult.errors = [...listDenials(denials), ...others];
}

function tolerate<TContext extends BaseContext>(
  { response, errors: thrown = [] }: WillSendResponse<TContext>,
  told: readonly AuthorizationError[],
): void {
  const { body, http } = response;
  if (body.kind !== 'single') return;
  http.headers.set('preference-applied', lenientHandling);
  // Apollo formats the errors one by one and in order, so that each stands where it was thrown.
  const others = (body.singleResult.errors ?? []).filter((_, index) => !isRefusal(thrown[index]));
  const { errors, data } = toLenientResult(
    { ...body.singleResult, errors: [...denialsOf(thrown), ...others] },
    told.map((denial) => denial.toJSON()),
  );
  if (errors === undefined || errors.length === 0) return;
  const left = data === undefined ? {} : { data: data && { ...data } };
  body.singleResult = { errors, ...left };
}

function refuseWithoutData<TContext extends BaseContext>(
  { response: { body, http } }: WillSendResponse<TContext>,
  realm: string,
): void {
  if (body.kind !== 'single') return;
  const { errors = [], data } = body.singleResult;
  const denials = errors.filter(isDenial);
  if (denials.length === 0 || hasData(data)) return;
  body.singleResult = { errors, ...(data === undefined ? {} : { data: null }) };
  setStatus(http, denials, realm);
}

/** Puts in what the viewer may know of the schema. An answer that comes in parts cannot be mended. */
function showVisible<TContext extends BaseContext>(
  { response: { body } }: WillSendResponse<TContext>,
  answer: IntrospectionAnswer,
): void {
  if (body.kind !== 'single')
    throw new Error('Introspection does not support incremental delivery.');
  const { data, errors, ...rest } = body.singleResult;
  body.singleResult = { ...rest, ...showIntrospection({ data, errors }, answer) };
}

function setStatus(
  http: WillSendResponse<BaseContext>['response']['http'],
  denials: Parameters<typeof toDenialResponse>[0],
  realm: string,
): void {
  const { status, challenge } = toDenialResponse(denials, realm);
  http.status = status;
  http.headers.set('www-authenticate', challenge);
}

/** Refusals as they were thrown: whatever a host makes of errors, it cannot turn one into none. */
const denialsOf = (errors: readonly GraphQLError[] = []) =>
  errors.filter(isRefusal).map((error) => error.toJSON());

const isRefusal = (error: GraphQLError | undefined): boolean =>
  error?.originalError instanceof AuthorizationError;
