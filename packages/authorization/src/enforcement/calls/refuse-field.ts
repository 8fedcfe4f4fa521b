import { type GraphQLResolveInfo, isNonNullType, responsePathAsArray } from 'graphql';
import {
  createAuthorizationError,
  type DenialExtensions,
  placeOfValue,
} from './authorization-error.ts';
import type { Decider } from './decider.ts';
import { toPathKey } from './execution.ts';
import type { FieldCall } from './field-call.ts';

/** Whether to call the resolver, or to skip it and return null because the refusal was already reported. */
export type GuardResult = 'resolve' | 'skip';

/** The call of a field that is checked. */
export interface CheckedCall<TContext> {
  readonly call: FieldCall<TContext>;
  readonly info: GraphQLResolveInfo;
  /** Whether it opens a source stream, in whose place null cannot stand. */
  readonly opensStream?: boolean;
}

/**
 * Refuses the call of a field.
 *
 * @throws {AuthorizationError} except in a dry run, and when the refusal of a nullable value was already reported.
 */
export function refuse<TContext>(
  decider: Decider<TContext>,
  denial: DenialExtensions,
  { call, info, opensStream = false }: CheckedCall<TContext>,
): GuardResult {
  if (decider.report !== undefined) {
    decider.reportOnce(denial, call.context, info);
    return 'resolve';
  }
  const { reportedPaths } = decider.executions.of(call.context, info);
  const isReported =
    reportedPaths.size > 0 && reportedPaths.has(toPathKey(responsePathAsArray(info.path)));
  if (isReported && !opensStream && !isNonNullType(info.returnType)) return 'skip';
  // Below the root, the resolver of the root field has returned.
  throw createAuthorizationError(denial, info.path.prev === undefined ? {} : placeOfValue(info));
}
