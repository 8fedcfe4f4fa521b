import type { GraphQLResolveInfo } from 'graphql';
import { defaultFieldResolver } from 'graphql';
import { overlaps } from '../../requirements/row-fields.ts';
import type { Decider } from '../calls/decider.ts';
import type { Resolver } from '../calls/field-call.ts';
import { markRejectionHandled } from '../calls/mark-rejection-handled.ts';
import { RowsError } from '../calls/rows-error.ts';
import {
  type ConnectionChecks,
  createConnectionCheck,
  deliverConnection,
} from './check-connection.ts';
import { type CheckRow, inTurn } from './check-rows.ts';
import { createDescribeField, type DescribedField, type FencedField } from './describe-field.ts';
import { watchEvent } from './hidden-events.ts';
import { createNarrowField } from './narrow-field.ts';
import type { NarrowedCall, NarrowedCalls } from './narrowed-call.ts';
import { findRowCarriers } from './row-carriers.ts';
import { createRowDelivery } from './row-delivery.ts';
import { createRunningRows, type RowsOf, unseen } from './running-rows.ts';
import type { RuntimeTypes } from './runtime-types.ts';

/** One call of a field, and the calls whose rules are asked about what it returns. */
interface FencedCall<TContext> {
  readonly info: GraphQLResolveInfo;
  /** Undefined: none of its rows is hidden from the viewer. */
  readonly narrowed: NarrowedCall<TContext> | undefined;
  /** The rules that `narrowed` leaves out. */
  readonly beside: NarrowedCall<TContext> | undefined;
  readonly above: NarrowedCall<TContext> | undefined;
  readonly mustAsk: boolean;
  /** Called for each row that is hidden. */
  readonly onHidden: (() => void) | undefined;
}

type CheckConnection = (checks: ConnectionChecks) => CheckRow;

/** A fenced resolver. */
export interface Fenced<TContext> {
  readonly resolve: Resolver<TContext>;
  /** Whether the viewer gets whatever the resolver returns. Undefined: that is known only in the call. */
  readonly admitsAll: ((context: TContext) => boolean) | undefined;
}

/** Checks the rows that fields return. */
export interface RowFence<TContext> {
  readonly rowsOf: RowsOf;
  /** Wraps the resolver of a field. Returns undefined when nothing that it returns can be hidden. */
  fence(fenced: FencedField, resolver: Resolver<TContext>): Fenced<TContext> | undefined;
  /** Wraps the `subscribe` of a field, so that it can ask for the filter too. `fence` checks the events. */
  open(fenced: FencedField, subscribe: Resolver<TContext>): Resolver<TContext>;
}

/**
 * Creates the fence of one schema. It asks the policies in `rows`, of fields and of types, about each row before it is
 * delivered: about the rows of a list before any of them, those that a connection has before anything of it, and all
 * others where they are delivered. A hidden row that is found after a part of its connection was delivered is a late
 * {@link RowsError}.
 */
export function createRowFence<TContext>(
  decider: Decider<TContext>,
  calls: NarrowedCalls<TContext>,
  runtimeTypes: RuntimeTypes<TContext>,
): RowFence<TContext> {
  const { schema, requirements } = decider;
  const carriers = findRowCarriers(schema, requirements);
  const running = createRunningRows(decider, carriers, calls);
  const delivery = createRowDelivery(decider, calls, runtimeTypes);
  const describe = createDescribeField(schema, requirements, carriers);
  const { narrow, narrowBeside } = createNarrowField(decider);

  /** Reports rows of a connection that was reached in a way that the fence does not see. */
  function failUnseen(coordinate: string, context: TContext): Promise<never> {
    const error = new RowsError(coordinate, 'its connection was not resolved by a guarded field');
    return markRejectionHandled(Promise.reject(calls.report(error, context)));
  }

  /** Creates the check of what a call returns. Undefined: nothing of it is hidden from the viewer. */
  function createCheck(
    { isConnection, hidden: { hiddenRow } }: DescribedField,
    checkConnection: CheckConnection,
    { info, narrowed, beside, above, mustAsk, onHidden }: FencedCall<TContext>,
  ): CheckRow | undefined {
    const ofRules =
      beside &&
      delivery.createCheck({ narrowed: beside, info, mustAsk: false, hiddenRow, onHidden });
    if (narrowed === undefined) return ofRules;
    const check = delivery.createCheck({
      narrowed,
      info,
      mustAsk,
      onHidden,
      hiddenRow: isConnection || above !== undefined ? 'mistake' : hiddenRow,
    });
    const ofRows = isConnection
      ? checkConnection({
          nameOf: (value, type) => delivery.nameOf({ narrowed, info }, value, type),
          requireFilter: () => delivery.requireFilter({ narrowed, mustAsk }),
          checkRow: check,
        })
      : check;
    return ofRules === undefined ? ofRows : inTurn(ofRules, ofRows);
  }

  function fenceResolver(
    described: DescribedField,
    checkConnection: CheckConnection,
    resolver: Resolver<TContext>,
  ): Resolver<TContext> {
    const { coordinate, returned: type, depth, isConnection, connections } = described;
    const { returnsRows, rowTypes } = described;
    const { keepsPlaces } = described.hidden;
    const begins = requirements.rowsAt(coordinate).length > 0 || described.rules.exist;
    return (source, args, context, info) => {
      const above = returnsRows
        ? running.above(info, (each) => overlaps(each.rowTypes, rowTypes))
        : undefined;
      if (above === unseen) return failUnseen(coordinate, context);
      const own = begins ? narrow(described, { context, info, above }) : undefined;
      const narrowed = own ?? above;
      if (begins || above !== undefined)
        running.begin(info, { narrowed, connections, rowTypes, context });
      const value = resolver(source, args, context, info);
      const beside =
        isConnection || own === undefined
          ? narrowBeside(described, { context, info, above })
          : undefined;
      const read = narrowed ?? beside;
      const mustAsk = (isConnection || described.mustAsk) && own !== undefined;
      const event = watchEvent(info, depth);
      const { onHidden } = event ?? {};
      const called = { info, narrowed, beside, above, mustAsk, onHidden };
      const check = read && createCheck(described, checkConnection, called);
      if (read === undefined || check === undefined) return value;
      const asks = described.mustAsk && mustAsk;
      const rows = { narrowed: read, mustAsk: asks, type, depth, keepsPlaces, check };
      const checked = delivery.deliver(value, rows);
      const delivered =
        isConnection && narrowed !== undefined ? deliverConnection(narrowed, checked) : checked;
      return event === undefined ? delivered : event.conclude(delivered);
    };
  }

  return {
    rowsOf: running.rowsOf,

    fence(fenced, resolver) {
      const described = describe(fenced);
      const { coordinate, rules, returnsRows } = described;
      const narrows = requirements.rowsAt(coordinate).length > 0;
      if (!narrows && !rules.exist && !returnsRows) return undefined;
      if (narrows || rules.exist) running.expect(coordinate);
      const checkConnection = createConnectionCheck(schema, described);
      // Calls below look for the calls of a connection, and of the rows in it.
      const isApart = !described.isConnection && !carriers.has(fenced.parent.name);
      const isByRule = !narrows && isApart && resolver === defaultFieldResolver;
      return {
        resolve: fenceResolver(described, checkConnection, resolver),
        admitsAll: isByRule
          ? (context) => rules.of(decider.viewerOf(context)) === undefined
          : undefined,
      };
    },

    open(fenced, subscribe) {
      const described = describe(fenced);
      const { coordinate, connections, rowTypes, rules } = described;
      if (requirements.rowsAt(coordinate).length === 0 && !rules.exist) return subscribe;
      return (source, args, context, info) => {
        const narrowed = narrow(described, { context, info, above: undefined });
        running.begin(info, { narrowed, connections, rowTypes, context });
        return subscribe(source, args, context, info);
      };
    },
  };
}
