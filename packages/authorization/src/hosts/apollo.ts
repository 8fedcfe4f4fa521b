import type {
  ApolloServerPlugin,
  BaseContext,
  GraphQLRequestContextWillSendResponse,
  GraphQLResponse,
} from '@apollo/server';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { AuthorizationError } from '../enforcement/authorization-error.ts';
import type { AuthorizeOperation } from '../enforcement/authorize-operation.ts';
import type { DecidedOperation, DecideOperation } from '../enforcement/decide-operation.ts';
import {
  hasData,
  isDenial,
  listDenials,
  maxListedDenials,
  toDeniedResult,
  toLenientResult,
} from '../enforcement/denied-result.ts';
import { toDenialResponse } from '../enforcement/http-response.ts';
import {
  decisionHeaders,
  lenientHandling,
  prefersDecision,
  prefersLenient,
} from '../enforcement/prefer.ts';
import { isLateRow } from '../enforcement/rows-error.ts';
import { checkOptions } from '../requirements/check-options.ts';
import type { IntrospectOperation } from '../visibility/introspect-operation.ts';
import { showIntrospection } from '../visibility/introspected-result.ts';
import type { IntrospectionAnswer } from '../visibility/introspection.ts';
import { admitOptions } from './admit.ts';

/** `realm` names the protected space in `WWW-Authenticate` (RFC 9110, 11.5). */
interface AuthorizationPluginOptions<TContext> {
  readonly authorizeOperation: AuthorizeOperation<TContext>;
  readonly decideOperation: DecideOperation<TContext>;
  readonly introspect: IntrospectOperation<TContext>;
  readonly realm: string;
}

/**
 * Creates the plugin that authorizes each operation before Apollo Server runs it, and answers refusals with 401 or
 * 403 and no data. It must be listed before every plugin that can answer instead of execution, such as a cache.
 *
 * It decides in `didResolveOperation` and not in a validation rule: Apollo caches validated documents by text, so
 * the next viewer would get the same decision. It also answers introspection, so that no viewer gets the answer of
 * another one.
 *
 * Each operation of a batch is refused with 400 and the code `BATCHING_NOT_SUPPORTED`: a batch has one HTTP status,
 * and 401 or 403 must mean that nothing was executed.
 */
export function createAuthorizationPlugin<TContext extends BaseContext>(
  options: AuthorizationPluginOptions<TContext>,
): ApolloServerPlugin<TContext> {
  checkOptions('createAuthorizationPlugin', options, { ...admitOptions, realm: 'string' });
  const { authorizeOperation, decideOperation, introspect, realm } = options;
  return {
    async requestDidStart() {
      let denials: readonly AuthorizationError[] = [];
      let introspection: IntrospectionAnswer | undefined;
      let isLenient = false;
      let decided: DecidedOperation | undefined;
      return {
        async didResolveOperation(requestContext) {
          if (requestContext.requestIsBatched) throw new BatchingError();
          const { document, operation, request, contextValue } = requestContext;
          const prefer = request.http?.headers.get('prefer');
          const { operationName, variables: variableValues } = request;
          const asked = { document, operationName, variableValues, contextValue };
          const answer = introspect(asked);
          if (prefersDecision(prefer)) {
            decided = await decideOperation(asked);
            return;
          }
          introspection = answer;
          isLenient = operation?.operation === 'query' && prefersLenient(prefer);
          denials = await authorizeOperation({ isLenient, ...asked });
        },
        async responseForOperation({ response }) {
          const { http } = response;
          if (decided !== undefined) return toDecidedResponse(http, decided);
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
          const late = findLateRow(requestContext);
          if (isLenient) tolerate(requestContext, denials);
          else if (requestContext.operation?.operation === 'query')
            refuseDeniedQuery(requestContext, realm);
          else limitMutationDenials(requestContext);
          if (introspection !== undefined) showVisible(requestContext, introspection);
          // Last: a hidden type counts as no data, or the status would reveal that it exists.
          if (isLenient) refuseWithoutData(requestContext, realm);
          if (late !== undefined) failWithoutData(requestContext, late);
        },
      };
    },
  };
}

/** Answers an operation that was only asked to be decided: with the decision, or with 400 when it is invalid. */
function toDecidedResponse(http: ResponseHead, decided: DecidedOperation): GraphQLResponse {
  if (decided.kind === 'invalid') {
    http.status = 400;
    const errors = decided.errors.map((error) => error.toJSON());
    return { http, body: { kind: 'single', singleResult: { errors } } };
  }
  http.status = 200;
  for (const [name, value] of Object.entries(decisionHeaders)) http.headers.set(name, value);
  const extensions = { decision: decided.decision };
  return { http, body: { kind: 'single', singleResult: { extensions } } };
}

/** The operation is part of a batch. Answered with 400. */
class BatchingError extends GraphQLError {
  override readonly name = 'BatchingError';

  constructor() {
    super('Batches of operations are not supported: send each operation in its own request.', {
      extensions: { code: 'BATCHING_NOT_SUPPORTED', http: { status: 400 } },
    });
  }
}

type ResponseHead = GraphQLResponse['http'];
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

/** Limits the denials of a mutation. Its data is kept, and its errors stay as the host formatted them. */
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
  reported: readonly AuthorizationError[],
): void {
  const { body, http } = response;
  if (body.kind !== 'single') return;
  http.headers.set('preference-applied', lenientHandling);
  // Apollo formats the errors one by one and in order, so both arrays have the same indices.
  const others = (body.singleResult.errors ?? []).filter((_, index) => !isRefusal(thrown[index]));
  const { errors, data } = toLenientResult(
    { ...body.singleResult, errors: [...denialsOf(thrown), ...others] },
    reported.map((denial) => denial.toJSON()),
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
  body.singleResult = { errors };
  setStatus(http, denials, realm);
}

/** Returns the first late error, as the host formatted it. */
function findLateRow<TContext extends BaseContext>({
  response: { body },
  errors = [],
}: WillSendResponse<TContext>): GraphQLFormattedError | undefined {
  const index = errors.findIndex(isLateRow);
  return body.kind === 'single' && index >= 0 ? body.singleResult.errors?.[index] : undefined;
}

function failWithoutData<TContext extends BaseContext>(
  { response: { body, http }, operation }: WillSendResponse<TContext>,
  late: GraphQLFormattedError,
): void {
  if (body.kind !== 'single' || !body.singleResult.data) return;
  const isQuery = operation?.operation === 'query';
  body.singleResult = { errors: [late], ...(isQuery ? {} : { data: null }) };
  if (isQuery) http.status = 500;
}

/** Replaces introspection by what the viewer can reach. @throws when the answer is incremental. */
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
  http: ResponseHead,
  denials: Parameters<typeof toDenialResponse>[0],
  realm: string,
): void {
  const { status, challenge } = toDenialResponse(denials, realm);
  http.status = status;
  http.headers.set('www-authenticate', challenge);
}

/** Returns refusals as they were thrown: the host's `formatError` cannot remove them. */
const denialsOf = (errors: readonly GraphQLError[] = []) =>
  errors.filter(isRefusal).map((error) => error.toJSON());

const isRefusal = (error: GraphQLError | undefined): boolean =>
  error?.originalError instanceof AuthorizationError;
