import type { GraphQLResolveInfo } from 'graphql';
import { overlaps } from '../../requirements/row-fields.ts';
import type { Decider } from '../calls/decider.ts';
import type { Resolver } from '../calls/field-call.ts';
import { markRejectionHandled } from '../calls/mark-rejection-handled.ts';
import { RowsError } from '../calls/rows-error.ts';
import { type CheckConnections, deliverConnection } from './check-connection.ts';
import { type CheckRow, chainChecks } from './check-rows.ts';
import type { DescribedField } from './describe-field.ts';
import { watchEvent } from './hidden-events.ts';
import type { NarrowField } from './narrow-field.ts';
import { hidesRows, type NarrowedCall, type NarrowedCalls } from './narrowed-call.ts';
import { type RowCalls, unseen } from './row-calls.ts';
import type { RowDelivery } from './row-delivery.ts';

/** The parts of the guard of rows that all wrapped resolvers share. */
interface RowGuardParts<TContext> {
  readonly calls: NarrowedCalls<TContext>;
  readonly rowCalls: RowCalls<TContext>;
  readonly delivery: RowDelivery<TContext>;
  readonly narrowField: NarrowField<TContext>;
  readonly decider: Pick<Decider<TContext>, 'beganAt'>;
}

/** A field, and the check of the connections that it returns. */
interface CheckedField {
  readonly described: DescribedField;
  readonly checkConnections: CheckConnections;
}

/** One call of a field, and the calls whose rules are asked about what it returns. */
interface WrappedCall<TContext> {
  readonly info: GraphQLResolveInfo;
  /** Undefined: none of its rows is hidden from the viewer. */
  readonly narrowed: NarrowedCall<TContext> | undefined;
  /** For the rules that `narrowed` leaves out. */
  readonly byOtherRules: NarrowedCall<TContext> | undefined;
  /** The narrowed connection that the field belongs to. */
  readonly connection: NarrowedCall<TContext> | undefined;
  /** Whether the resolver has to ask for the filter of the rows, or of the connections that it returns. */
  readonly mustAsk: boolean;
  /** Called for each row that is hidden. */
  readonly onHidden: (() => void) | undefined;
}

/** Creates the function that wraps the resolver of one field. */
export function createWrapResolver<TContext>(parts: RowGuardParts<TContext>) {
  const { calls, rowCalls, delivery, narrowField, decider } = parts;

  return (field: CheckedField, resolver: Resolver<TContext>): Resolver<TContext> => {
    const { described } = field;
    const { coordinate, returned: type, depth, isConnection, rowTypes, canBeNarrowed } = described;
    const { connections, returnsRows, hidden } = described;
    return (source, args, context, info) => {
      const connection = returnsRows
        ? rowCalls.connectionOf(info, (each) => overlaps(each.rowTypes, rowTypes))
        : undefined;
      if (connection === unseen) return failUnseen(calls, coordinate, context);
      const call = { context, info, connection };
      const own = canBeNarrowed ? narrowField.narrow(described, call) : undefined;
      const narrowed = own ?? connection;
      if (canBeNarrowed || connection !== undefined) {
        const now = decider.beganAt(context, info);
        rowCalls.remember(info, { narrowed, connections, rowTypes, context, now });
      }
      const value = resolver(source, args, context, info);
      const byOtherRules =
        isConnection || own === undefined
          ? narrowField.narrowByOtherRules(described, call)
          : undefined;
      const read = narrowed ?? byOtherRules;
      if (read === undefined) return value;
      const isNarrowed = own !== undefined && hidesRows(own);
      const mustAsk = isNarrowed && (isConnection || described.mustAsk);
      const event = watchEvent(info, depth);
      const { onHidden } = event ?? {};
      const wrapped = { info, narrowed, byOtherRules, connection, mustAsk, onHidden };
      const checked = delivery.deliver(value, {
        narrowed: read,
        mustAsk: mustAsk && described.mustAsk,
        type,
        depth,
        keepsPlaces: hidden.keepsPlaces,
        check: createCheck(delivery, field, wrapped),
      });
      const delivered =
        isConnection && narrowed !== undefined ? deliverConnection(narrowed, checked) : checked;
      return event === undefined ? delivered : event.conclude(delivered);
    };
  };
}

/** Reports rows of a connection that was reached in a way that no guard sees. */
function failUnseen<TContext>(
  calls: NarrowedCalls<TContext>,
  coordinate: string,
  context: TContext,
): Promise<never> {
  const error = new RowsError(coordinate, 'its connection was not resolved by a guarded field');
  return markRejectionHandled(Promise.reject(calls.report(error, context)));
}

/** Creates the check of what a call returns. */
function createCheck<TContext>(
  delivery: RowDelivery<TContext>,
  { described, checkConnections }: CheckedField,
  { info, narrowed, byOtherRules, connection, mustAsk, onHidden }: WrappedCall<TContext>,
): CheckRow {
  const { isConnection, hidden } = described;
  const { hiddenRow } = hidden;
  const checks: CheckRow[] = [];
  if (byOtherRules !== undefined) {
    const call = { narrowed: byOtherRules, info, mustAsk: false, hiddenRow, onHidden };
    checks.push(delivery.createCheck(call));
  }
  if (narrowed !== undefined) {
    const isMistake = isConnection || connection !== undefined;
    const checkRow = delivery.createCheck({
      narrowed,
      info,
      mustAsk,
      onHidden,
      isAhead: isConnection,
      hiddenRow: isMistake ? 'mistake' : hiddenRow,
    });
    const proved = chainChecks(checkRow, delivery.createProofCheck({ narrowed, info }));
    const counted = { narrowed, info, mustAsk, checkRow: proved };
    checks.push(isConnection ? checkConnections(delivery, counted) : checkRow);
  }
  return checks.reduce(chainChecks);
}
