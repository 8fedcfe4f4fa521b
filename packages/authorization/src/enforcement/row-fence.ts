import type { GraphQLField, GraphQLNamedType, GraphQLObjectType } from 'graphql';
import { getNamedType } from 'graphql';
import { canNarrow } from '../decision/decision.ts';
import { isPromise } from '../decision/is-promise.ts';
import { memberCoordinate } from '../requirements/coordinate.ts';
import { rowShapeOf } from '../requirements/row-fields.ts';
import { type CheckRow, checkRows, listDepth } from './check-rows.ts';
import type { Decider } from './decider.ts';
import type { Resolver } from './field-guard.ts';
import { markHandled } from './mark-handled.ts';
import { createNarrowedCalls, type RowOptions } from './narrowed-call.ts';
import { createPeek, type Peek } from './peek-connection.ts';
import { findRowCarriers, possibleTypes } from './row-carriers.ts';
import { createRowDelivery } from './row-delivery.ts';
import { RowsError, toInternalError } from './rows-error.ts';
import { allRows, createRunningRows, type Rows, type RowsOf } from './running-rows.ts';

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
 * them, those of a connection as soon as they can be read, at the latest when `edges`, `nodes` or `node` is resolved.
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

  /** Reports a field of a connection that was reached in a way that the fence does not see. */
  function failUnseen(coordinate: string, context: TContext): Promise<never> {
    const error = new RowsError(coordinate, 'its connection was not resolved by a guarded field');
    options.onRowsError?.(error, context);
    return markHandled(Promise.reject(toInternalError(error)));
  }

  function describe({ parent, field }: FencedField) {
    const coordinate = memberCoordinate(parent.name, field.name);
    // The unguarded type, whose resolvers are not wrapped.
    const type = schema.getType(getNamedType(field.type).name);
    const returned = possibleTypes(schema, type).map(({ name }) => name);
    const below = carriers.get(parent.name);
    const narrows = canNarrow(requirements.at(coordinate));
    const isList = narrows && rowShapeOf(field.type) === 'list';
    const isCarrier = returned.some((name) => carriers.has(name));
    return {
      coordinate,
      depth: listDepth(field.type),
      isBelow: below !== undefined,
      begins: narrows || isCarrier,
      returnsRows: isList || (below !== undefined && returned.some((name) => below.has(name))),
      peek: isCarrier && type !== undefined ? peekInto(type) : undefined,
    };
  }

  function peekInto(type: GraphQLNamedType): Peek {
    const rows = carriers.get(type.name);
    return createPeek(type, (each) =>
      possibleTypes(schema, each).some(({ name }) => rows?.has(name)),
    );
  }

  return {
    rowsOf: running.rowsOf,

    fence(fenced, resolver) {
      const { coordinate, depth, isBelow, begins, returnsRows, peek } = describe(fenced);
      if (!begins && !returnsRows) return undefined;
      const isConnection = peek !== undefined;
      return (source, args, context, info) => {
        const above: Rows<TContext> | undefined = isBelow ? running.above(info) : allRows;
        if (above === undefined) return failUnseen(coordinate, context);
        const begun = { coordinate, call: { args, context }, info, isConnection };
        const rows: Rows<TContext> = begins ? running.begin({ ...begun, above }) : above;
        const value = resolver(source, args, context, info);
        if (rows === allRows) return value;
        const checkRow = delivery.check(rows, info);
        const check = returnsRows || peek === undefined ? checkRow : peekWith(peek, checkRow);
        return delivery.deliver(value, {
          rows,
          mustAsk: rows !== above,
          isList: depth > 0,
          check: (given) => checkRows(given, depth, check),
        });
      };
    },

    open(fenced, subscribe) {
      const { coordinate, begins } = describe(fenced);
      if (!begins) return subscribe;
      return (source, args, context, info) => {
        const begun = { coordinate, call: { args, context }, info };
        running.begin({ ...begun, above: allRows, isConnection: false });
        return subscribe(source, args, context, info);
      };
    },
  };
}

/** Returns the check of a connection or an edge. */
const peekWith =
  (peek: Peek, checkRow: CheckRow): CheckRow =>
  (holder) => {
    const peeked = peek(holder, checkRow);
    return isPromise(peeked) ? markHandled(Promise.resolve(peeked).then(() => holder)) : holder;
  };
