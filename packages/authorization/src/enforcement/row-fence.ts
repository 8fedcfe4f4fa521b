import type {
  GraphQLField,
  GraphQLNamedType,
  GraphQLObjectType,
  GraphQLResolveInfo,
} from 'graphql';
import { getNamedType, isObjectType } from 'graphql';
import { canNarrow } from '../decision/decision.ts';
import { isPromise } from '../decision/is-promise.ts';
import { memberCoordinate } from '../requirements/coordinate.ts';
import { rowShapeOf } from '../requirements/row-fields.ts';
import { type CheckRow, checkRows, listDepth } from './check-rows.ts';
import type { Decider } from './decider.ts';
import type { Resolver } from './field-guard.ts';
import { markHandled } from './mark-handled.ts';
import { createNarrowedCalls, type NarrowedCall, type RowOptions } from './narrowed-call.ts';
import { createPeek, isPeeked, type Peek } from './peek-connection.ts';
import { type HasRows, keyOf, resolveAhead } from './resolve-ahead.ts';
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
 * them, and those of a connection before anything of it.
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
      carrier: isCarrier ? type : undefined,
    };
  }

  const hasRows: HasRows = (parent, field) => {
    if (!carriers.has(parent.name)) return false;
    const { begins, returnsRows } = describe({ parent, field });
    return begins || returnsRows;
  };

  function peekInto(type: GraphQLNamedType): Peek {
    const rows = carriers.get(type.name);
    return createPeek(type, (each) =>
      possibleTypes(schema, each).some(({ name }) => rows?.has(name)),
    );
  }

  const fieldsWithRows = (type: GraphQLNamedType): readonly GraphQLField<unknown, unknown>[] =>
    isObjectType(type)
      ? Object.values(type.getFields()).filter((field) => hasRows(type, field))
      : [];

  /** Whether a field of the connection, or of its edges, has rows that cannot be read before it is resolved. */
  const isLazy = (type: GraphQLNamedType): boolean =>
    fieldsWithRows(type).some(
      (field) => !isPeeked(field) || !fieldsWithRows(getNamedType(field.type)).every(isPeeked),
    );

  /** Creates the check of the connections and edges that a field returns. */
  function createCarrierCheck(carrier: GraphQLNamedType) {
    const peek = peekInto(carrier);
    const isAlwaysLazy = isLazy(carrier);
    return (rows: NarrowedCall<TContext>, info: GraphQLResolveInfo, isOwn: boolean): CheckRow => {
      const checkRow = delivery.check(rows, info);
      return (holder) => {
        let hasLazy = isAlwaysLazy;
        const peeked = peek(holder, checkRow, () => {
          hasLazy = true;
        });
        const lookAhead = (): unknown =>
          hasLazy && isOwn && decider.report === undefined
            ? markHandled(resolveAhead(holder, rows, info, hasRows).then(() => holder))
            : holder;
        return isPromise(peeked)
          ? markHandled(Promise.resolve(peeked).then(lookAhead))
          : lookAhead();
      };
    };
  }

  return {
    rowsOf: running.rowsOf,

    fence(fenced, resolver) {
      const { coordinate, depth, isBelow, begins, returnsRows, carrier } = describe(fenced);
      if (!begins && !returnsRows) return undefined;
      const isConnection = carrier !== undefined;
      const createCheck =
        returnsRows || carrier === undefined ? delivery.check : createCarrierCheck(carrier);
      return (source, args, context, info) => {
        const above: Rows<TContext> | undefined = isBelow ? running.above(info) : allRows;
        if (above === undefined) return failUnseen(coordinate, context);
        const call = { args, context };
        const rows: Rows<TContext> = begins
          ? running.begin({ coordinate, call, info, isConnection, above })
          : above;
        const known = above === allRows ? undefined : resolvedAhead(above, info);
        if (known !== undefined) return known.value;
        const value = resolver(source, args, context, info);
        if (rows === allRows) return value;
        const isOwn = rows !== above;
        const check = createCheck(rows, info, isOwn);
        return delivery.deliver(value, {
          rows,
          mustAsk: isOwn,
          isList: depth > 0,
          check: (given) => checkRows(given, depth, check),
        });
      };
    },

    open(fenced, subscribe) {
      const { coordinate, begins } = describe(fenced);
      if (!begins) return subscribe;
      return (source, args, context, info) => {
        const call = { args, context };
        running.begin({ coordinate, call, info, isConnection: false, above: allRows });
        return subscribe(source, args, context, info);
      };
    },
  };
}

/** Returns the value of a resolver that was called ahead. */
function resolvedAhead<TContext>(
  { ahead }: NarrowedCall<TContext>,
  info: GraphQLResolveInfo,
): { readonly value: unknown } | undefined {
  if (ahead === undefined || ahead.size === 0) return undefined;
  const key = keyOf(info.path);
  return ahead.has(key) ? { value: ahead.get(key) } : undefined;
}
