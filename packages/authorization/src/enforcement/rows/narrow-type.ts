import {
  type AuthorizationError,
  createAuthorizationError,
  toDenialExtensions,
} from '../calls/authorization-error.ts';
import type { Decider } from '../calls/decider.ts';
import { objectTypesOf } from './describe-field.ts';
import type { NarrowedCall } from './narrowed-call.ts';
import { compileTypeRules } from './type-rules.ts';

/**
 * Describes the rows of a type like those of a field that returns them. Undefined: the viewer gets all rows.
 *
 * @throws {AuthorizationError} when the type has a rule and the viewer is anonymous.
 */
export function narrowType<TContext>(
  decider: Decider<TContext>,
  typeName: string,
  context: TContext,
): NarrowedCall<TContext> | undefined {
  const rowTypes = objectTypesOf(decider.schema, typeName);
  const viewer = decider.viewerOf(context);
  const refusal = refusalOfRows(decider, rowTypes, context);
  if (refusal !== undefined) throw refusal;
  const rules = compileTypeRules(decider.requirements, rowTypes).of(viewer);
  if (rules === undefined) return undefined;
  return {
    coordinate: typeName,
    clauses: [],
    rules,
    viewer,
    call: { context },
    above: undefined,
    rowTypes,
    answers: new Map(),
    filters: new Map(),
  };
}

/** Returns the refusal of an anonymous viewer, who has no rows, if one of these types has a rule. */
export function refusalOfRows<TContext>(
  { requirements, viewerOf }: Decider<TContext>,
  typeNames: Iterable<string>,
  context: TContext,
): AuthorizationError | undefined {
  const viewer = viewerOf(context);
  if (viewer.isAuthenticated) return undefined;
  const { reason } = viewer;
  const [ruled] = [...typeNames].filter((name) => requirements.ruleOf(name).length > 0);
  return ruled === undefined
    ? undefined
    : createAuthorizationError(toDenialExtensions(ruled, { outcome: 'unauthenticated', reason }));
}
