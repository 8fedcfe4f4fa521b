import {
  type AuthorizationError,
  createAuthorizationError,
  toDenialExtensions,
} from '../calls/authorization-error.ts';
import type { Decider } from '../calls/decider.ts';
import { objectTypesOf } from './describe-field.ts';
import type { NarrowedCall } from './narrowed-call.ts';
import { compileTypeRules } from './type-rules.ts';

/** A request for rows, in an execution that began at `now`. */
export interface RowRequest<TContext> {
  readonly context: TContext;
  readonly now: Date;
}

/**
 * Describes the rows of a type like those of a field that returns them. Undefined: the viewer gets all rows.
 *
 * @throws {AuthorizationError} when the type has a rule, and the viewer is anonymous or has not proved its identity as the
 * rule asks.
 */
export function narrowType<TContext>(
  decider: Decider<TContext>,
  typeName: string,
  call: RowRequest<TContext>,
): NarrowedCall<TContext> | undefined {
  const refusal = refusalOfRows(decider, objectTypesOf(decider.schema, typeName), call);
  if (refusal !== undefined) throw refusal;
  return describeRows(decider, typeName, call.context);
}

/** Describes the rows of a type like {@link narrowType}, for an authenticated viewer, and asks for no proof of identity. */
export function describeRows<TContext>(
  { schema, requirements, viewerOf }: Decider<TContext>,
  typeName: string,
  context: TContext,
): NarrowedCall<TContext> | undefined {
  const rowTypes = objectTypesOf(schema, typeName);
  const viewer = viewerOf(context);
  const rules = compileTypeRules(requirements, rowTypes).of(viewer);
  if (rules === undefined) return undefined;
  return {
    coordinate: typeName,
    clauses: [],
    rules,
    viewer,
    call: { context },
    connection: undefined,
    rowTypes,
    answers: new Map(),
    filters: new Map(),
  };
}

/**
 * Returns the refusal of a viewer who gets no row of one of these types, also if it would get all of them: it is anonymous,
 * or has not proved its identity as a rule asks. It has what the rules of all these types ask.
 */
export function refusalOfRows<TContext>(
  { requirements, refusalByGroups }: Decider<TContext>,
  typeNames: Iterable<string>,
  { context, now }: RowRequest<TContext>,
): AuthorizationError | undefined {
  const names = [...typeNames];
  const refusal = refusalByGroups(names.flatMap(requirements.ruleOf), context, now);
  if (refusal === undefined) return undefined;
  const isRefusedBy = (name: string) =>
    refusalByGroups(requirements.ruleOf(name), context, now) !== undefined;
  return createAuthorizationError(toDenialExtensions(names.find(isRefusedBy) ?? '', refusal));
}
