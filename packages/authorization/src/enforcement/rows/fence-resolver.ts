import type { GraphQLResolveInfo } from 'graphql';
import { overlaps } from '../../requirements/row-fields.ts';
import type { Decider } from '../calls/decider.ts';
import type { Resolver } from '../calls/field-call.ts';
import { markRejectionHandled } from '../calls/mark-rejection-handled.ts';
import { RowsError } from '../calls/rows-error.ts';
import { type CheckConnections, deliverConnection } from './check-connection.ts';
import { type CheckRow, inTurn } from './check-rows.ts';
import type { DescribedField } from './describe-field.ts';
import { watchEvent } from './hidden-events.ts';
import type { NarrowField } from './narrow-field.ts';
import { hidesRows, type NarrowedCall, type NarrowedCalls } from './narrowed-call.ts';
import type { RowDelivery } from './row-delivery.ts';
import { type RunningRows, unseen } from './running-rows.ts';

/** The parts of a fence that its resolvers share. */
interface FenceParts<TContext> {
  readonly calls: NarrowedCalls<TContext>;
  readonly running: RunningRows<TContext>;
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
interface FencedCall<TContext> {
  readonly info: GraphQLResolveInfo;
  /** Undefined: none of its rows is hidden from the viewer. */
  readonly narrowed: NarrowedCall<TContext> | undefined;
  /** The rules that `narrowed` leaves out. */
  readonly beside: NarrowedCall<TContext> | undefined;
  readonly above: NarrowedCall<TContext> | undefined;
  /** Whether the resolver has to ask for the filter of the rows, or of the connections that it returns. */
  readonly mustAsk: boolean;
  /** Called for each row that is hidden. */
  readonly onHidden: (() => void) | undefined;
}

/** Creates the function that wraps the resolver of one field. */
export function createFenceResolver<TContext>(parts: FenceParts<TContext>) {
  const { calls, running, delivery, narrowField, decider } = parts;

  return (field: CheckedField, resolver: Resolver<TContext>): Resolver<TContext> => {
    const { described } = field;
    const { coordinate, returned: type, depth, isConnection, rowTypes, begins } = described;
    const { connections, returnsRows, hidden } = described;
    return (source, args, context, info) => {
      const above = returnsRows
        ? running.above(info, (each) => overlaps(each.rowTypes, rowTypes))
        : undefined;
      if (above === unseen) return failUnseen(calls, coordinate, context);
      const call = { context, info, above };
      const own = begins ? narrowField.narrow(described, call) : undefined;
      const narrowed = own ?? above;
      if (begins || above !== undefined) {
        const now = decider.beganAt(context, info);
        running.begin(info, { narrowed, connections, rowTypes, context, now });
      }
      const value = resolver(source, args, context, info);
      const beside =
        isConnection || own === undefined ? narrowField.narrowBeside(described, call) : undefined;
      const read = narrowed ?? beside;
      if (read === undefined) return value;
      const isNarrowed = own !== undefined && hidesRows(own);
      const mustAsk = isNarrowed && (isConnection || described.mustAsk);
      const event = watchEvent(info, depth);
      const { onHidden } = event ?? {};
      const called = { info, narrowed, beside, above, mustAsk, onHidden };
      const checked = delivery.deliver(value, {
        narrowed: read,
        mustAsk: mustAsk && described.mustAsk,
        type,
        depth,
        keepsPlaces: hidden.keepsPlaces,
        check: createCheck(delivery, field, called),
      });
      const delivered =
        isConnection && narrowed !== undefined ? deliverConnection(narrowed, checked) : checked;
      return event === undefined ? delivered : event.conclude(delivered);
    };
  };
}

/** Reports rows of a connection that was reached in a way that the fence does not see. */
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
  { info, narrowed, beside, above, mustAsk, onHidden }: FencedCall<TContext>,
): CheckRow {
  const { isConnection, hidden } = described;
  const { hiddenRow } = hidden;
  const checks: CheckRow[] = [];
  if (beside !== undefined) {
    const call = { narrowed: beside, info, mustAsk: false, hiddenRow, onHidden };
    checks.push(delivery.createCheck(call));
  }
  if (narrowed !== undefined) {
    const isMistake = isConnection || above !== undefined;
    const checkRow = delivery.createCheck({
      narrowed,
      info,
      mustAsk,
      onHidden,
      isAhead: isConnection,
      hiddenRow: isMistake ? 'mistake' : hiddenRow,
    });
    const proved = inTurn(checkRow, delivery.createProofCheck({ narrowed, info }));
    const connection = { narrowed, info, mustAsk, checkRow: proved };
    checks.push(isConnection ? checkConnections(delivery, connection) : checkRow);
  }
  return checks.reduce(inTurn);
}
