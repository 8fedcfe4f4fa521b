import type {
  GraphQLField,
  GraphQLNamedType,
  GraphQLObjectType,
  GraphQLResolveInfo,
} from 'graphql';
import { defaultFieldResolver, getNamedType } from 'graphql';
import { isPromise } from '../../decision/is-promise.ts';
import { memberCoordinate } from '../../requirements/coordinate.ts';
import { overlaps, possibleTypes, rowShapeOf, rowTypesOf } from '../../requirements/row-fields.ts';
import type { Decider } from '../calls/decider.ts';
import type { Resolver } from '../calls/field-call.ts';
import { markRejectionHandled } from '../calls/mark-rejection-handled.ts';
import { RowsError } from '../calls/rows-error.ts';
import { listDepth } from '../values/list-items.ts';
import { type CheckRow, inTurn } from './check-rows.ts';
import { watchEvent } from './hidden-events.ts';
import { type HiddenRows, hiddenRowsOf } from './hidden-rows.ts';
import { type CheckKnownRows, createKnownRows } from './known-rows.ts';
import type { NarrowedCall, NarrowedCalls } from './narrowed-call.ts';
import { findRowCarriers } from './row-carriers.ts';
import { createRowDelivery } from './row-delivery.ts';
import { createRunningRows, type RowsOf, unseen } from './running-rows.ts';
import type { RuntimeTypes } from './runtime-types.ts';
import { compileTypeRules, type TypeRules } from './type-rules.ts';

/** The field whose resolver is wrapped. */
interface FencedField {
  readonly parent: GraphQLObjectType;
  readonly field: Pick<GraphQLField<unknown, unknown>, 'name' | 'type' | 'args'>;
}

/** The facts about a field that do not depend on its calls. */
interface DescribedField {
  readonly coordinate: string;
  /** The declared type of its rows. */
  readonly returned: GraphQLNamedType;
  readonly depth: number;
  readonly rowTypes: ReadonlySet<string>;
  /** The rules of the types of its rows. */
  readonly rules: TypeRules;
  /** Whether `rows` stands on the field itself, or it returns a connection of rows with a rule. */
  readonly mustAsk: boolean;
  readonly isConnection: boolean;
  /** The rules of a connection itself, which is also a value of a type. */
  readonly ofConnection: TypeRules;
  /** Whether it can return rows of a narrowed connection. */
  readonly returnsRows: boolean;
  readonly hidden: HiddenRows;
}

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

  /** Reports rows of a connection that was reached in a way that the fence does not see. */
  function failUnseen(coordinate: string, context: TContext): Promise<never> {
    const error = new RowsError(coordinate, 'its connection was not resolved by a guarded field');
    return markRejectionHandled(Promise.reject(calls.report(error, context)));
  }

  const namesOf = (type: GraphQLNamedType | undefined): ReadonlySet<string> =>
    new Set(possibleTypes(schema, type).map(({ name }) => name));

  function describe({ parent, field }: FencedField): DescribedField {
    const coordinate = memberCoordinate(parent.name, field.name);
    const hasRows = requirements.rowsAt(coordinate).length > 0;
    const inside = rowTypesOf(schema, field.type);
    const isConnection =
      rowShapeOf(field.type) === 'connection' &&
      (hasRows || compileTypeRules(requirements, inside).exist);
    const returned = getNamedType(field.type);
    const values = namesOf(schema.getType(returned.name));
    const rowTypes = isConnection ? inside : values;
    return {
      coordinate,
      returned,
      depth: listDepth(field.type),
      rowTypes,
      rules: compileTypeRules(requirements, rowTypes),
      mustAsk: isConnection || (hasRows && listDepth(field.type) > 0),
      isConnection,
      ofConnection: compileTypeRules(requirements, isConnection ? values : []),
      returnsRows: overlaps(carriers.get(parent.name)?.rows, rowTypes),
      hidden: hiddenRowsOf(schema, { parent, field, hasRows }),
    };
  }

  /** Returns the call of a field whose rows can be hidden from the viewer. Undefined: none can. */
  function narrow(
    { coordinate, rowTypes, rules, isConnection }: DescribedField,
    context: TContext,
    above: NarrowedCall<TContext> | undefined,
  ): NarrowedCall<TContext> | undefined {
    const clauses = decider.narrowing(requirements.rowsAt(coordinate), context);
    const viewer = decider.viewerOf(context);
    const ofTypes = rules.of(viewer);
    // A connection above has the rules of its rows. Another connection is read on its own.
    const isRuled = ofTypes !== undefined && (isConnection || above === undefined);
    if (clauses.length === 0 && !isRuled) return undefined;
    const answers: NarrowedCall<TContext>['answers'] = isConnection ? new Map() : undefined;
    const call = { context };
    const filters = new Map<string | undefined, unknown>();
    return { coordinate, clauses, rules: ofTypes, viewer, call, above, rowTypes, answers, filters };
  }

  /**
   * Returns the call for the rules that {@link narrow} leaves out: that of a connection itself, and those of types that
   * are no rows of the connection above.
   */
  function narrowBeside(
    { coordinate, returned, rowTypes, rules, isConnection, ofConnection }: DescribedField,
    context: TContext,
    above: NarrowedCall<TContext> | undefined,
  ): NarrowedCall<TContext> | undefined {
    const asked = isConnection ? noNames : above?.rowTypes;
    if (asked === undefined) return undefined;
    const viewer = decider.viewerOf(context);
    const all = isConnection ? ofConnection.of(viewer) : rules.of(viewer);
    if (all === undefined) return undefined;
    return {
      coordinate,
      clauses: [],
      rules: (name) => (asked.has(name) ? [] : all(name)),
      viewer,
      call: { context },
      above: undefined,
      rowTypes: isConnection ? namesOf(schema.getType(returned.name)) : rowTypes,
      answers: undefined,
      filters: new Map(),
    };
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

  /** Creates the check of what a call returns. Undefined: nothing of it is hidden from the viewer. */
  function createCheck(
    { isConnection, hidden: { hiddenRow } }: DescribedField,
    checkKnown: CheckKnownRows,
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
    const ofRows = isConnection ? checkConnection(narrowed, checkKnown, check) : check;
    return ofRules === undefined ? ofRows : inTurn(ofRules, ofRows);
  }

  function fenceResolver(
    described: DescribedField,
    checkKnown: CheckKnownRows,
    resolver: Resolver<TContext>,
  ): Resolver<TContext> {
    const { coordinate, returned: type, depth, isConnection, returnsRows, rowTypes } = described;
    const { keepsPlaces } = described.hidden;
    const begins = requirements.rowsAt(coordinate).length > 0 || described.rules.exist;
    return (source, args, context, info) => {
      const above = returnsRows
        ? running.above(info, (each) => overlaps(each.rowTypes, rowTypes))
        : undefined;
      if (above === unseen) return failUnseen(coordinate, context);
      const own = begins ? narrow(described, context, above) : undefined;
      const narrowed = own ?? above;
      if (begins || above !== undefined) running.begin(info, { narrowed, isConnection, rowTypes });
      const value = resolver(source, args, context, info);
      const beside =
        isConnection || own === undefined ? narrowBeside(described, context, above) : undefined;
      const read = narrowed ?? beside;
      const mustAsk = described.mustAsk && own !== undefined;
      const event = watchEvent(info, depth);
      const { onHidden } = event ?? {};
      const called = { info, narrowed, beside, above, mustAsk, onHidden };
      const check = read && createCheck(described, checkKnown, called);
      if (read === undefined || check === undefined) return value;
      const rows = { narrowed: read, mustAsk, type, depth, keepsPlaces, check };
      const delivered = delivery.deliver(value, rows);
      return event === undefined ? delivered : event.conclude(delivered);
    };
  }

  return {
    rowsOf: running.rowsOf,

    fence(fenced, resolver) {
      const described = describe(fenced);
      const { coordinate, returned, rowTypes, rules, returnsRows } = described;
      const narrows = requirements.rowsAt(coordinate).length > 0;
      if (!narrows && !rules.exist && !returnsRows) return undefined;
      if (narrows || rules.exist) running.expect(coordinate);
      // The unguarded type, whose resolvers are not wrapped.
      const checkKnown = createKnownRows(schema, schema.getType(returned.name), (each) =>
        overlaps(rowTypes, namesOf(each)),
      );
      // Calls below look for the calls of a connection, and of the rows in it.
      const isApart = !described.isConnection && !carriers.has(fenced.parent.name);
      const isByRule = !narrows && isApart && resolver === defaultFieldResolver;
      return {
        resolve: fenceResolver(described, checkKnown, resolver),
        admitsAll: isByRule
          ? (context) => rules.of(decider.viewerOf(context)) === undefined
          : undefined,
      };
    },

    open(fenced, subscribe) {
      const described = describe(fenced);
      const { coordinate, isConnection, rowTypes, rules } = described;
      if (requirements.rowsAt(coordinate).length === 0 && !rules.exist) return subscribe;
      return (source, args, context, info) => {
        const narrowed = narrow(described, context, undefined);
        running.begin(info, { narrowed, isConnection, rowTypes });
        return subscribe(source, args, context, info);
      };
    },
  };
}

const noNames: ReadonlySet<string> = new Set();
