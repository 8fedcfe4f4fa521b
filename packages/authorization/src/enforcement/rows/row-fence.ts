import type { GraphQLField, GraphQLNamedType, GraphQLObjectType } from 'graphql';
import { getNamedType } from 'graphql';
import { canNarrow } from '../../decision/decision.ts';
import { isPromise } from '../../decision/is-promise.ts';
import { memberCoordinate } from '../../requirements/coordinate.ts';
import { overlaps, possibleTypes, rowShapeOf, rowTypesOf } from '../../requirements/row-fields.ts';
import type { Decider } from '../calls/decider.ts';
import type { Resolver } from '../calls/field-call.ts';
import { toInternalError } from '../calls/internal-error.ts';
import { markRejectionHandled } from '../calls/mark-rejection-handled.ts';
import { RowsError } from '../calls/rows-error.ts';
import { listDepth } from '../values/list-items.ts';
import type { CheckRow } from './check-rows.ts';
import { type CheckKnownRows, createKnownRows } from './known-rows.ts';
import { createNarrowedCalls, type NarrowedCall, type RowOptions } from './narrowed-call.ts';
import { findRowCarriers } from './row-carriers.ts';
import { createRowDelivery } from './row-delivery.ts';
import { createRunningRows, type RowsOf, unseen } from './running-rows.ts';

/** The field whose resolver is wrapped. */
interface FencedField {
  readonly parent: GraphQLObjectType;
  readonly field: Pick<GraphQLField<unknown, unknown>, 'name' | 'type'>;
}

/** Checks the rows that narrowed fields return. */
export interface RowFence<TContext> {
  readonly rowsOf: RowsOf;
  /** Wraps the resolver of a field. Returns undefined when nothing that it returns can be narrowed. */
  fence(fenced: FencedField, resolver: Resolver<TContext>): Resolver<TContext> | undefined;
  /** Wraps the `subscribe` of a field, so that it can ask for the filter too. `fence` checks the events. */
  open(fenced: FencedField, subscribe: Resolver<TContext>): Resolver<TContext>;
}

/**
 * Creates the fence of one schema. `admits` checks each row before it is delivered: the rows of a list before any of
 * them, those that a connection has before anything of it, and all others where they are delivered. A hidden row that is
 * found after a part of its connection was delivered is a late {@link RowsError}.
 */
export function createRowFence<TContext>(
  decider: Decider<TContext>,
  options: RowOptions<TContext>,
): RowFence<TContext> {
  const { schema, requirements } = decider;
  const calls = createNarrowedCalls(decider.policies, options);
  const carriers = findRowCarriers(schema, requirements);
  const running = createRunningRows(decider, carriers, calls);
  const delivery = createRowDelivery(decider, calls);

  /** Reports rows of a connection that was reached in a way that the fence does not see. */
  function failUnseen(coordinate: string, context: TContext): Promise<never> {
    const error = new RowsError(coordinate, 'its connection was not resolved by a guarded field');
    options.onRowsError?.(error, context);
    return markRejectionHandled(Promise.reject(toInternalError(error)));
  }

  function describe({ parent, field }: FencedField) {
    const coordinate = memberCoordinate(parent.name, field.name);
    const narrows = canNarrow(requirements.at(coordinate));
    // The unguarded type, whose resolvers are not wrapped.
    const type = schema.getType(getNamedType(field.type).name);
    const rowTypes = narrows ? rowTypesOf(schema, field.type) : namesOf(type);
    const isConnection = narrows && rowShapeOf(field.type) === 'connection';
    const returnsRows = overlaps(carriers.get(parent.name)?.rows, rowTypes);
    return { coordinate, narrows, type, rowTypes, isConnection, returnsRows };
  }

  const namesOf = (type: GraphQLNamedType | undefined): ReadonlySet<string> =>
    new Set(possibleTypes(schema, type).map(({ name }) => name));

  /** Returns the call of a field that can be narrowed. Undefined: its own clauses do not narrow the viewer. */
  function narrow(
    { coordinate, rowTypes, isConnection }: ReturnType<typeof describe>,
    call: NarrowedCall<TContext>['call'],
    above: NarrowedCall<TContext> | undefined,
  ): NarrowedCall<TContext> | undefined {
    const clauses = decider.narrowing(requirements.at(coordinate), call.context);
    if (clauses.length === 0) return undefined;
    const viewer = decider.viewerOf(call.context);
    const answers: NarrowedCall<TContext>['answers'] = isConnection ? new Map() : undefined;
    return { coordinate, clauses, viewer, call, above, rowTypes, answers };
  }

  /** Creates the check of a connection. When it passes, rows that are found later are late. */
  function checkConnection(
    narrowed: NarrowedCall<TContext>,
    checkKnown: CheckKnownRows,
    check: CheckRow,
  ): CheckRow {
    const pass = (connection: unknown) => {
      narrowed.isDelivered = true;
      narrowed.answers = undefined;
      return connection;
    };
    return (connection) => {
      const checked = checkKnown(connection, check);
      return isPromise(checked)
        ? markRejectionHandled(Promise.resolve(checked).then(() => pass(connection)))
        : pass(connection);
    };
  }

  return {
    rowsOf: running.rowsOf,

    fence(fenced, resolver) {
      const described = describe(fenced);
      const { coordinate, narrows, type, rowTypes, isConnection, returnsRows } = described;
      if (!narrows && !returnsRows) return undefined;
      const depth = listDepth(fenced.field.type);
      const checkKnown = createKnownRows(schema, type, (each) => overlaps(rowTypes, namesOf(each)));
      return (source, args, context, info) => {
        const above = returnsRows
          ? running.above(info, (each) => overlaps(each.rowTypes, rowTypes))
          : undefined;
        if (above === unseen) return failUnseen(coordinate, context);
        const own = narrows ? narrow(described, { context }, above) : undefined;
        const narrowed = own ?? above;
        if (narrows || above !== undefined) running.begin(info, { narrowed, isConnection });
        const value = resolver(source, args, context, info);
        if (narrowed === undefined) return value;
        const check = delivery.createCheck(narrowed, info);
        return delivery.deliver(value, {
          narrowed,
          mustAsk: own !== undefined,
          depth,
          check: isConnection ? checkConnection(narrowed, checkKnown, check) : check,
        });
      };
    },

    open(fenced, subscribe) {
      const described = describe(fenced);
      const { narrows, isConnection } = described;
      if (!narrows) return subscribe;
      return (source, args, context, info) => {
        const narrowed = narrow(described, { context }, undefined);
        running.begin(info, { narrowed, isConnection });
        return subscribe(source, args, context, info);
      };
    },
  };
}
