import { memberCoordinate } from '../../requirements/coordinate.ts';
import type { Decider } from '../calls/decider.ts';
import { toInternalError } from '../calls/internal-error.ts';
import { RowsError } from '../calls/rows-error.ts';
import { objectTypesOf } from './describe-field.ts';
import { narrowType, refusalOfRows } from './narrow-type.ts';
import type { NarrowedCall, NarrowedCalls } from './narrowed-call.ts';
import { type CallInfo, type RowCall, type RowCalls, unseen } from './row-calls.ts';

/**
 * Returns the filter of the rows that a field may return to the viewer, in the terms of the application's data client, or
 * undefined for all rows. `info` is that of the field's resolver, or of a resolver of its connection, which may also read
 * other types. Where types of an interface or union have different rules, `typeName` names the object type to read.
 *
 * @throws {GraphQLError} an internal error, when the filter cannot be made or no guard has seen `info`.
 * @throws {AuthorizationError} when the rows have a rule, and the viewer is anonymous, or has not proved its identity as the
 * rule of the type asks that `typeName` names. A connection counts rows: without `typeName`, those of all its types.
 */
export type RowsOf = (info: CallInfo, typeName?: string) => unknown;

/** Creates the function with which resolvers ask for the filter of their rows. */
export function createRowsOf<TContext>(
  decider: Decider<TContext>,
  rowCalls: RowCalls<TContext>,
  { filterOf }: NarrowedCalls<TContext>,
): RowsOf {
  /** Finds the rules that decide which rows a resolver may read: its own, or those of the connection above. */
  function narrowedOf(info: CallInfo, coordinate: string): NarrowedCall<TContext> | undefined {
    const own = rowCalls.callOf(info);
    if (own !== undefined) return own.narrowed;
    const isMissing = rowCalls.isExpected(coordinate);
    const found = isMissing ? unseen : rowCalls.connectionOf(info, () => true);
    if (found !== unseen) return found;
    const problem = 'no guard has seen the `info` that was passed to `rowsOf`';
    throw toInternalError(new RowsError(coordinate, problem));
  }

  return (info, typeName) => {
    const coordinate = memberCoordinate(info.parentType.name, info.fieldName);
    const narrowed = narrowedOf(info, coordinate);
    if (decider.report !== undefined) return undefined;
    const own = rowCalls.callOf(info);
    const call = own ?? rowCalls.nearest(info, (_call, isConnection) => isConnection);
    const isOther = typeName !== undefined && !narrowed?.rowTypes.has(typeName);
    if (isOther && call !== undefined && canRead(decider, typeName, own)) {
      // The filter of a type does not depend on the connection above.
      const ofType = narrowType(decider, typeName, call);
      return ofType && filterOf(ofType);
    }
    if (call !== undefined) requireRows(decider, call, typeName);
    if (narrowed !== undefined) return filterOf(narrowed, typeName);
    if (typeName === undefined) return undefined;
    if (decider.requirements.ruleOf(typeName).length === 0) return undefined;
    throw toInternalError(new RowsError(coordinate, `it returns no rows of "${typeName}"`));
  };
}

/** @throws {AuthorizationError} for rows that are asked for by name, that are counted, or that anonymous viewers lack. */
function requireRows<TContext>(
  decider: Decider<TContext>,
  call: RowCall<TContext>,
  typeName: string | undefined,
): void {
  const needsAll = call.connections.size > 0 || !decider.viewerOf(call.context).isAuthenticated;
  const unnamed = needsAll ? call.rowTypes : [];
  const refusal = refusalOfRows(decider, typeName === undefined ? unnamed : [typeName], call);
  if (refusal !== undefined) throw refusal;
}

/** Whether a field can read rows of a type. One that returns no rows itself reads any. */
const canRead = <TContext>(
  { schema }: Decider<TContext>,
  typeName: string,
  own: RowCall<TContext> | undefined,
): boolean =>
  own === undefined ? objectTypesOf(schema, typeName).size > 0 : own.rowTypes.has(typeName);
