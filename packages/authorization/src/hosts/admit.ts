import type { ExecutionResult, GraphQLError } from 'graphql';
import { getOperationAST, OperationTypeNode } from 'graphql';
import type { AuthorizeOperation } from '../enforcement/authorize-operation.ts';
import type { DecidedOperation, DecideOperation } from '../enforcement/decide-operation.ts';
import {
  hasData,
  isDenial,
  limitDenials,
  maxListedDenials,
  toDeniedResult,
  toLenientResult,
} from '../enforcement/denied-result.ts';
import { isLateRow } from '../enforcement/rows-error.ts';
import type { OperationRequest } from '../plan/operation-request.ts';
import { checkOptions } from '../requirements/check-options.ts';
import type { IntrospectOperation } from '../visibility/introspect-operation.ts';
import { showIntrospection } from '../visibility/introspected-result.ts';
import { type IntrospectionAnswer, IntrospectionError } from '../visibility/introspection.ts';

/** A result to send. `denials` refuse the operation as a whole, with 401 or 403. */
export interface FinishedResult {
  readonly result: ExecutionResult;
  readonly denials: readonly GraphQLError[];
  /** Present when a query failed as a whole: a row was found to be hidden after a part of its connection was delivered. */
  readonly status?: 500;
}

/** The decision about an operation before it runs. */
export type Admission =
  /** The operation must not run. `result` is the answer. */
  | ({ readonly kind: 'answered' } & FinishedResult)
  /** For `isDecideOnly`: the operation must not run. `result` has the decision in its extensions. */
  | { readonly kind: 'decided'; readonly result: ExecutionResult }
  /** For `isDecideOnly`: the operation must not run, and could not. `result` has the errors, for status 400. */
  | { readonly kind: 'invalid'; readonly result: ExecutionResult }
  /** The operation may run. `finish` converts its result, or one event of a subscription, to the answer. */
  | {
      readonly kind: 'admitted';
      /** Whether the operation has introspection, so that an incremental answer cannot be finished. */
      readonly introspects: boolean;
      finish(result: ExecutionResult): FinishedResult;
    };

export type Admit<TContext> = (request: OperationRequest<TContext>) => Promise<Admission>;

export interface AdmitOptions<TContext> {
  readonly authorizeOperation: AuthorizeOperation<TContext>;
  readonly decideOperation: DecideOperation<TContext>;
  readonly introspect: IntrospectOperation<TContext>;
}

/** The options of every host, from `createAuthorization`. */
export const admitOptions = {
  authorizeOperation: 'function',
  decideOperation: 'function',
  introspect: 'function',
} as const;

/**
 * Creates the function that admits operations, for custom transports: it authorizes an operation before it runs,
 * answers introspection with the elements that the viewer can reach, and converts the result to an answer.
 * `isLenient` is ignored for mutations and subscriptions, and with `isDecideOnly`.
 */
export function createAdmit<TContext>(options: AdmitOptions<TContext>): Admit<TContext> {
  checkOptions('createAdmit', options, admitOptions);
  const { authorizeOperation, decideOperation, introspect } = options;
  return async (request) => {
    const operation = getOperationAST(request.document, request.operationName);
    const isQuery = operation?.operation === OperationTypeNode.QUERY;
    const isLenient = isQuery && request.isLenient === true;
    const introspection = tryIntrospect(introspect, request);
    if (introspection instanceof IntrospectionError) {
      return { kind: 'answered', result: { errors: [introspection] }, denials: [] };
    }
    if (request.isDecideOnly === true) return toAdmission(await decideOperation(request));
    const denials = await authorizeOperation(Object.assign({}, request, { isLenient }));
    if (denials.length > 0 && !isLenient) {
      const errors = denials.slice(0, maxListedDenials);
      return { kind: 'answered', result: { errors }, denials: errors };
    }
    const whole = denials.length === 0 ? introspection?.whole : undefined;
    if (whole !== undefined) {
      return { kind: 'answered', result: { data: { ...whole } }, denials: [] };
    }
    return {
      kind: 'admitted',
      introspects: introspection !== undefined,
      finish(result) {
        // First: a hidden type counts as no data, or the status would reveal that it exists.
        const shown = introspection === undefined ? result : show(result, introspection);
        if (isLenient) return withoutLateRows(tolerate(shown, denials), isQuery);
        const finished = isQuery ? refuseDenied(shown) : { result: limit(shown), denials: [] };
        return withoutLateRows(finished, isQuery);
      },
    };
  };
}

function toAdmission(decided: DecidedOperation): Admission {
  if (decided.kind === 'invalid') return { kind: 'invalid', result: { errors: decided.errors } };
  return { kind: 'decided', result: { extensions: { decision: decided.decision } } };
}

function tryIntrospect<TContext>(
  introspect: IntrospectOperation<TContext>,
  request: OperationRequest<TContext>,
): IntrospectionAnswer | IntrospectionError | undefined {
  try {
    return introspect(request);
  } catch (error) {
    if (error instanceof IntrospectionError) return error;
    throw error;
  }
}

function show(result: ExecutionResult, answer: IntrospectionAnswer): ExecutionResult {
  const { errors, data, ...rest } = result;
  return { ...rest, ...showIntrospection({ errors, data }, answer) };
}

const limit = (result: ExecutionResult): ExecutionResult =>
  result.errors === undefined ? result : { ...result, errors: limitDenials(result.errors) };

function withoutLateRows(finished: FinishedResult, isQuery: boolean): FinishedResult {
  const { errors = [], data, ...rest } = finished.result;
  const late = errors.find(isLateRow);
  if (!data || late === undefined) return finished;
  const result = { ...rest, errors: [late] };
  if (isQuery) return { result, denials: [], status: 500 };
  return { result: { ...result, data: null }, denials: [] };
}

function refuseDenied(result: ExecutionResult): FinishedResult {
  const refused = toDeniedResult<GraphQLError>(result);
  if (refused === undefined) return { result, denials: [] };
  const { extensions } = result;
  const kept = extensions === undefined ? {} : { extensions };
  return { result: { ...refused, ...kept }, denials: refused.errors };
}

function tolerate(result: ExecutionResult, reported: readonly GraphQLError[]): FinishedResult {
  const { errors = [], data } = toLenientResult<GraphQLError>(result, reported);
  const denials = errors.filter(isDenial);
  const isRefused = denials.length > 0 && !hasData(data);
  if (errors.length === 0) return { result, denials: [] };
  if (!isRefused) return { result: { ...result, errors }, denials: [] };
  const { data: _omitted, ...rest } = result;
  return { result: { ...rest, errors }, denials };
}
