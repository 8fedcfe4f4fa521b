import type { GraphQLResolveInfo } from 'graphql';
import { overlaps } from '../../requirements/row-fields.ts';
import type { Decider } from '../calls/decider.ts';
import { rejected } from '../calls/promises.ts';
import { RowsError } from '../calls/rows-error.ts';
import type { Step, StepCall } from '../calls/step.ts';
import type { CheckConnections } from './check-connection.ts';
import { type CheckRow, chainChecks } from './check-rows.ts';
import type { DescribedField } from './describe-field.ts';
import { type WatchedEvent, watchEvent } from './hidden-events.ts';
import type { NarrowField } from './narrow-field.ts';
import { hidesRows, type NarrowedCall, type NarrowedCalls } from './narrowed-call.ts';
import { type RowCalls, unseen } from './row-calls.ts';
import type { RowDelivery } from './row-delivery.ts';

/** The parts of the guard of rows that the steps of all fields share. */
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

/** What can be hidden from the viewer of one call of a field. */
class CalledRows<TContext> {
  /** Undefined: none of its rows is hidden from the viewer by its own rules. */
  readonly own: NarrowedCall<TContext> | undefined;
  /** The narrowed connection that the field belongs to. */
  readonly connection: NarrowedCall<TContext> | undefined;
  /** For the rules that these two leave out. */
  readonly byOtherRules: NarrowedCall<TContext> | undefined;
  /** The event that it answers. */
  event: WatchedEvent | undefined = undefined;

  constructor({
    own,
    connection,
    byOtherRules,
  }: Pick<CalledRows<TContext>, 'own' | 'connection' | 'byOtherRules'>) {
    this.own = own;
    this.connection = connection;
    this.byOtherRules = byOtherRules;
  }
}

/** The steps of a field that returns rows. */
export interface RowSteps<TContext> {
  /** Finds which rules hold, before the resolver can ask for the filter. */
  readonly narrow: Step<'narrow', TContext>;
  /** Checks the rows. */
  readonly rows: Step<'rows', TContext>;
  /** Notes what was delivered. Undefined: it is not asked for. */
  readonly conclude: Step<'conclude', TContext> | undefined;
}

/**
 * Creates the function that makes the steps of one field. `passes`: whether the viewer gets whatever the resolver returns.
 * Undefined: that is known only in the call.
 */
export function createRowSteps<TContext>(parts: RowGuardParts<TContext>) {
  const { calls, rowCalls, delivery, narrowField, decider } = parts;

  return (
    field: CheckedField,
    passes: ((context: TContext) => boolean) | undefined,
  ): RowSteps<TContext> => {
    const { described } = field;
    const { coordinate, returned: type, depth, isConnection, rowTypes, canBeNarrowed } = described;
    const { connections, returnsRows, answersEvents, hidden } = described;

    function narrow(_value: unknown, call: StepCall<TContext>): unknown {
      const { context, info } = call;
      const connection = returnsRows
        ? rowCalls.connectionOf(info, (each) => overlaps(each.rowTypes, rowTypes))
        : undefined;
      if (connection === unseen) return failUnseen(calls, coordinate, context);
      const own = canBeNarrowed
        ? narrowField.narrow(described, { context, info, connection })
        : undefined;
      // All of them for one viewer: a resolver can change who the viewer is.
      const byOtherRules =
        isConnection || own === undefined
          ? narrowField.narrowByOtherRules(described, { context, info, connection })
          : undefined;
      call.kept = new CalledRows({ own, connection, byOtherRules });
      const narrowed = own ?? connection;
      if (canBeNarrowed || connection !== undefined) {
        const now = decider.beganAt(context, info);
        rowCalls.remember(info, { narrowed, connections, rowTypes, context, now });
      }
      return undefined;
    }

    function check(value: unknown, call: StepCall<TContext>): unknown {
      const { kept: rows, info } = call;
      if (!(rows instanceof CalledRows)) throw notNarrowed(coordinate);
      const { own, connection, byOtherRules } = rows;
      const narrowed = own ?? connection;
      const read = narrowed ?? byOtherRules;
      if (read === undefined) return value;
      const isNarrowed = own !== undefined && hidesRows(own);
      const mustAsk = isNarrowed && (isConnection || described.mustAsk);
      rows.event = watchEvent(info, depth);
      const { onHidden } = rows.event ?? {};
      const wrapped = { info, narrowed, byOtherRules, connection, mustAsk, onHidden };
      return delivery.deliver(value, {
        narrowed: read,
        mustAsk: mustAsk && described.mustAsk,
        type,
        depth,
        keepsPlaces: hidden.keepsPlaces,
        check: createCheck(delivery, field, wrapped),
      });
    }

    function conclude(value: unknown, { kept: rows }: StepCall<TContext>): unknown {
      if (!(rows instanceof CalledRows)) throw notNarrowed(coordinate);
      const narrowed = rows.own ?? rows.connection;
      // Rows of a connection that are found later are late.
      if (isConnection && narrowed !== undefined) narrowed.isDelivered = true;
      return rows.event === undefined ? value : rows.event.conclude(value);
    }

    return {
      narrow: { name: 'narrow', run: narrow, passes },
      rows: { name: 'rows', run: check, passes },
      conclude: isConnection || answersEvents ? { name: 'conclude', run: conclude } : undefined,
    };
  };
}

const notNarrowed = (coordinate: string): RowsError =>
  new RowsError(coordinate, 'its rows are checked before it is known which of them exist');

/** Reports rows of a connection that was reached in a way that no guard sees. */
function failUnseen<TContext>(
  calls: NarrowedCalls<TContext>,
  coordinate: string,
  context: TContext,
): Promise<never> {
  const error = new RowsError(coordinate, 'its connection was not resolved by a guarded field');
  return rejected(calls.report(error, context));
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
