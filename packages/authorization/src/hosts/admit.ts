import type { ExecutionResult, GraphQLError } from 'graphql';
import { getOperationAST, OperationTypeNode } from 'graphql';
import type { MaybePromise } from '../enforcement/calls/field-call.ts';
import { maxListedDenials } from '../enforcement/calls/max-listed-denials.ts';
import { isLateRow } from '../enforcement/calls/rows-error.ts';
import type {
  AuthorizeOperation,
  RefusalError,
} from '../enforcement/operation/authorize-operation.ts';
import type {
  DecidedOperation,
  DecideOperation,
} from '../enforcement/operation/decide-operation.ts';
import {
  hasData,
  isDenial,
  limitDenials,
  toDeniedResult,
  toLenientResult,
} from '../enforcement/operation/denied-result.ts';
import {
  decisionHeaders,
  lenientHandling,
  prefersDecision,
  prefersLenient,
} from '../enforcement/operation/prefer.ts';
import { toTooLargeResult } from '../enforcement/operation/too-large-result.ts';
import type { AuditReads, Recording } from '../enforcement/reads/audit-reads.ts';
import { UnrecordedReadsError } from '../enforcement/reads/unrecorded-reads-error.ts';
import { checkNames, checkOptions } from '../options/check-options.ts';
import type { ShapesOf } from '../options/shape.ts';
import type { OperationRequest } from '../plan/operation-request.ts';
import type { IntrospectOperation } from '../visibility/introspect-operation.ts';
import { showIntrospection } from '../visibility/introspected-result.ts';
import { type IntrospectionAnswer, IntrospectionError } from '../visibility/introspection.ts';

/** A result as the host sends it, with its status and headers. */
export interface FinishedResult {
  readonly result: ExecutionResult;
  /** They refuse the operation as a whole, with 401 or 403: see `toDenialResponse`. */
  readonly denials: readonly GraphQLError[];
  /** The headers of a preference that was applied (RFC 7240, 3). */
  readonly headers: Readonly<Record<string, string>>;
  /**
   * Present when the status is decided without denials. 200: a decision. 400: an invalid operation, or a query whose answer
   * is too large. 500: a row was found to be hidden after a part of its connection was delivered. 503: a query whose reads
   * could not be recorded.
   */
  readonly status?: 200 | 400 | 500 | 503;
}

/** The decision about an operation before it runs. */
export type Admission =
  /** The operation must not run. `result` is the answer. For a decision, its extensions have it. */
  | ({ readonly kind: 'answered' } & FinishedResult)
  /**
   * The operation may run. `finish` converts its result, or one event of a subscription, to the answer. It returns a
   * promise when the result holds audited values, and delivers none of them unless they were recorded. For an event it
   * then rejects with {@link UnrecordedReadsError}: the subscription must end.
   *
   * `meanwhile` is called with the answer while its reads are recorded, to make a text of it, for example. This answer
   * must not be sent: the promise may resolve with another one. If `meanwhile` throws, nothing is delivered.
   */
  | {
      readonly kind: 'admitted';
      /** Whether the operation has introspection, so that an incremental answer cannot be finished. */
      readonly introspects: boolean;
      /** The refusals in spite of which it runs, with lenient handling. */
      readonly refusals: readonly RefusalError[];
      finish(
        result: ExecutionResult,
        meanwhile?: (finished: FinishedResult) => void,
      ): MaybePromise<FinishedResult>;
    };

/** An operation, and the header `Prefer` of its request (RFC 7240). */
export interface AdmitRequest<TContext> extends Omit<OperationRequest<TContext>, 'isLenient'> {
  readonly prefer?: string | null | undefined;
}

export type Admit<TContext> = (request: AdmitRequest<TContext>) => Promise<Admission>;

export interface AdmitOptions<TContext> {
  readonly authorizeOperation: AuthorizeOperation<TContext>;
  readonly decideOperation: DecideOperation<TContext>;
  readonly introspect: IntrospectOperation<TContext>;
  readonly auditReads: AuditReads<TContext>;
}

/** The options of every host: all that `createAuthorization` returns, because callers pass it as a whole. */
export const admitOptions = {
  authorizeOperation: 'function',
  decideOperation: 'function',
  introspect: 'function',
  auditReads: 'function',
  schema: 'any',
  readers: 'any',
  source: 'any',
  requirements: 'any',
  execute: 'any',
  subscribe: 'any',
  executeEvent: 'any',
  groupUses: 'any',
  planOperation: 'any',
  authorizeField: 'any',
  rowsOf: 'any',
  filterOf: 'any',
  find: 'any',
  placeOf: 'any',
  referencesOf: 'any',
  readReferences: 'any',
  requireKept: 'any',
  dependsOnData: 'any',
  readPlaces: 'any',
  visibleTo: 'any',
  accessOf: 'any',
  schemaHash: 'any',
  sizes: 'any',
} as const;

const requestNames = {
  document: 'any',
  operationName: 'any',
  variableValues: 'any',
  contextValue: 'any',
  prefer: 'any',
} satisfies ShapesOf<AdmitRequest<never>>;

/**
 * Creates the function that admits operations, for every host: it authorizes an operation before it runs, answers
 * introspection with the elements that the viewer can reach, and converts the result to an answer.
 *
 * `Prefer: decide-only` has any operation decided only, and `Prefer: handling=lenient` has a query run in spite of
 * denials.
 */
export function createAdmit<TContext>(options: AdmitOptions<TContext>): Admit<TContext> {
  checkOptions('createAdmit', options, admitOptions);
  return createHostAdmit(options);
}

/** Creates the same function for a host, which has checked the options with its own. */
export function createHostAdmit<TContext>({
  authorizeOperation,
  decideOperation,
  introspect,
  auditReads,
}: AdmitOptions<TContext>): Admit<TContext> {
  return async (options) => {
    checkNames('admit', options, requestNames);
    const { prefer, ...request } = options;
    const operation = getOperationAST(request.document, request.operationName);
    const isQuery = operation?.operation === OperationTypeNode.QUERY;
    const isLenient = isQuery && prefersLenient(prefer);
    const introspecting = tryIntrospect(introspect, request);
    const introspection = introspecting instanceof Promise ? await introspecting : introspecting;
    if (introspection instanceof IntrospectionError) {
      return toAnswered({ errors: [introspection] }, { status: 400 });
    }
    if (prefersDecision(prefer)) return toDecision(await decideOperation(request));
    const denials = await authorizeOperation(Object.assign({}, request, { isLenient }));
    if (denials.some(isOfReference) || (denials.length > 0 && !isLenient)) {
      const errors = denials.slice(0, maxListedDenials);
      return toAnswered({ errors }, { denials: errors });
    }
    const whole = denials.length === 0 ? introspection?.whole : undefined;
    const headers: FinishedResult['headers'] = isLenient
      ? { 'preference-applied': lenientHandling }
      : {};
    if (whole !== undefined) return toAnswered({ data: { ...whole } }, { headers });
    const convert = (result: ExecutionResult): FinishedResult => {
      const tooLarge = toTooLargeResult(result, operation?.operation);
      if (tooLarge !== undefined) return { ...tooLarge, denials: [], headers };
      // First: a hidden type counts as no data, or the status would reveal that it exists.
      const shown = introspection === undefined ? result : show(result, introspection);
      if (isLenient) return withoutLateRows({ ...tolerate(shown, denials), headers }, isQuery);
      const finished = isQuery ? refuseDenied(shown) : { result: limit(shown), denials: [] };
      return withoutLateRows({ ...finished, headers }, isQuery);
    };

    const audit = auditReads(request);
    return {
      kind: 'admitted',
      introspects: introspection !== undefined,
      refusals: denials,
      finish(result, meanwhile) {
        const finished = convert(result);
        const recording = audit?.record(result, finished.result);
        return recording === undefined
          ? finished
          : deliver(finished, recording, { kind: operation?.operation, meanwhile });
      },
    };
  };
}

/** Whether a refusal is that of an id. Such an operation does not run, also not in part. */
const isOfReference = ({ extensions }: RefusalError): boolean => 'argument' in extensions;

const toAnswered = (
  result: ExecutionResult,
  { denials = [], headers = {}, status }: Partial<FinishedResult>,
): Admission => ({
  kind: 'answered',
  result,
  denials,
  headers,
  ...(status === undefined ? {} : { status }),
});

const toDecision = (decided: DecidedOperation): Admission =>
  decided.kind === 'invalid'
    ? toAnswered({ errors: decided.errors }, { status: 400 })
    : toAnswered(
        { extensions: { decision: decided.decision } },
        { headers: decisionHeaders, status: 200 },
      );

function tryIntrospect<TContext>(
  introspect: IntrospectOperation<TContext>,
  request: OperationRequest<TContext>,
): MaybePromise<IntrospectionAnswer | IntrospectionError | undefined> {
  try {
    const answer = introspect(request);
    return answer instanceof Promise ? answer.catch(returnIntrospectionError) : answer;
  } catch (error) {
    return returnIntrospectionError(error);
  }
}

function returnIntrospectionError(error: unknown): IntrospectionError {
  if (error instanceof IntrospectionError) return error;
  throw error;
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
  if (data === undefined || late === undefined) return finished;
  const result = { ...rest, errors: [late] };
  const { headers } = finished;
  if (isQuery) return { result, denials: [], headers, status: 500 };
  return { result: { ...result, data: null }, denials: [], headers };
}

/**
 * Returns an answer with audited values once they are recorded, and without them if they are not. It must not be stored:
 * the next read would not be recorded.
 *
 * @throws {UnrecordedReadsError} for an event, by rejecting.
 */
async function deliver(
  finished: FinishedResult,
  { recorded, withoutReads }: Recording,
  { kind, meanwhile }: DeliverOptions,
): Promise<FinishedResult> {
  const headers = { ...finished.headers, 'cache-control': 'no-store' };
  const answer = { ...finished, headers };
  const work = async () => meanwhile?.(answer);
  try {
    await Promise.all([recorded, work()]);
    return answer;
  } catch (cause) {
    if (kind === OperationTypeNode.SUBSCRIPTION) {
      throw new UnrecordedReadsError({ code: 'EVENTS_LOST', cause });
    }
    const kept = { ...answer, result: withoutReads(cause) };
    return kind === OperationTypeNode.QUERY ? { ...kept, denials: [], status: 503 } : kept;
  }
}

interface DeliverOptions {
  readonly kind: OperationTypeNode | undefined;
  readonly meanwhile: ((finished: FinishedResult) => void) | undefined;
}

/** A result and the denials that refuse it as a whole. */
type ResultWithDenials = Pick<FinishedResult, 'result' | 'denials'>;

function refuseDenied(result: ExecutionResult): ResultWithDenials {
  const refused = toDeniedResult<GraphQLError>(result);
  if (refused === undefined) return { result, denials: [] };
  const { extensions } = result;
  const kept = extensions === undefined ? {} : { extensions };
  return { result: { ...refused, ...kept }, denials: refused.errors };
}

function tolerate(result: ExecutionResult, reported: readonly GraphQLError[]): ResultWithDenials {
  const { errors = [], data } = toLenientResult<GraphQLError>(result, reported);
  const denials = errors.filter(isDenial);
  const isRefused = denials.length > 0 && !hasData(data);
  if (errors.length === 0) return { result, denials: [] };
  if (!isRefused) return { result: { ...result, errors }, denials: [] };
  const { data: _omitted, ...rest } = result;
  return { result: { ...rest, errors }, denials };
}
