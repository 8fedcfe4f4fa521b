import type { ExecutionResult, GraphQLError } from 'graphql';
import { getOperationAST, OperationTypeNode } from 'graphql';
import type { AuthorizeOperation } from '../enforcement/authorize-operation.ts';
import {
  hasData,
  isDenial,
  limitDenials,
  maxListedDenials,
  toDeniedResult,
  toLenientResult,
} from '../enforcement/denied-result.ts';
import type { OperationRequest } from '../plan/operation-request.ts';
import type { IntrospectOperation } from '../visibility/introspect-operation.ts';
import { showIntrospection } from '../visibility/introspected-result.ts';
import { type IntrospectionAnswer, IntrospectionError } from '../visibility/introspection.ts';

/** A result as it is to be sent. `denials` are those that refuse the operation as a whole: 401 or 403. */
export interface FinishedResult {
  readonly result: ExecutionResult;
  readonly denials: readonly GraphQLError[];
}

/** What was decided about an operation before it runs. */
export type Admission =
  /** It must not run: `result` is the answer. */
  | ({ readonly kind: 'answered' } & FinishedResult)
  /** It may run. `finish` makes the answer of a query's or mutation's result, or of one event. */
  | {
      readonly kind: 'admitted';
      /** Whether it introspects: its answer cannot be finished when it comes in parts. */
      readonly introspects: boolean;
      finish(result: ExecutionResult): FinishedResult;
    };

export type Admit<TContext> = (request: OperationRequest<TContext>) => Promise<Admission>;

export interface AdmitOptions<TContext> {
  readonly authorizeOperation: AuthorizeOperation<TContext>;
  readonly introspect: IntrospectOperation<TContext>;
}

/**
 * Makes the function by which a transport of its own admits operations: decides before the run, answers introspection
 * by what the viewer can reach, and gives the result of the run the form of an answer. A lenient request
 * (`isLenient`) is lenient for queries alone.
 */
export function createAdmit<TContext>({
  authorizeOperation,
  introspect,
}: AdmitOptions<TContext>): Admit<TContext> {
  return async (request) => {
    const operation = getOperationAST(request.document, request.operationName);
    const isQuery = operation?.operation === OperationTypeNode.QUERY;
    const isLenient = isQuery && request.isLenient === true;
    const introspection = tryIntrospect(introspect, request);
    if (introspection instanceof IntrospectionError) {
      return { kind: 'answered', result: { errors: [introspection] }, denials: [] };
    }
    const denials = await authorizeOperation({ ...request, isLenient });
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
        // First, for a type that is hidden is no data: the status would tell that it exists.
        const shown = introspection === undefined ? result : show(result, introspection);
        if (isLenient) return tolerate(shown, denials);
        return isQuery ? refuseDenied(shown) : { result: limit(shown), denials: [] };
      },
    };
  };
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

function refuseDenied(result: ExecutionResult): FinishedResult {
  const refused = toDeniedResult<GraphQLError>(result);
  if (refused === undefined) return { result, denials: [] };
  const { extensions } = result;
  const kept = extensions === undefined ? {} : { extensions };
  return { result: { ...refused, ...kept }, denials: refused.errors };
}

function tolerate(result: ExecutionResult, told: readonly GraphQLError[]): FinishedResult {
  const { errors = [], data } = toLenientResult<GraphQLError>(result, told);
  const denials = errors.filter(isDenial);
  const isRefused = denials.length > 0 && !hasData(data);
  if (errors.length === 0) return { result, denials: [] };
  if (isRefused) return { result: { ...result, errors, data: null }, denials };
  const left = data === undefined ? {} : { data: data && { ...data } };
  return { result: { ...result, errors, ...left }, denials: [] };
}
