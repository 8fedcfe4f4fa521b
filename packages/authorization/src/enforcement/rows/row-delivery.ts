import { type GraphQLNamedType, type GraphQLResolveInfo, isAbstractType } from 'graphql';
import { isAsyncIterable } from '../../decision/iterables.ts';
import {
  createAuthorizationError,
  type DenialExtensions,
  placeOfValue,
} from '../calls/authorization-error.ts';
import type { Decider } from '../calls/decider.ts';
import type { MaybePromise } from '../calls/field-call.ts';
import { rejected, whenArrived } from '../calls/promises.ts';
import { BrokenList, readItems } from '../values/list-items.ts';
import { type CheckedRows, type CheckRow, checkRows, hidden, toItemError } from './check-rows.ts';
import type { NarrowedCall, NarrowedCalls } from './narrowed-call.ts';
import type { RuntimeTypes } from './runtime-types.ts';

/** What a hidden row is: the mistake of a resolver that had to filter, or a row that is not delivered. */
export type HiddenRow = 'mistake' | 'left out' | 'null' | 'refused';

/** How the rows of one call are checked. */
interface Delivery<TContext> extends Omit<CheckedRows, 'keepsPlaces'> {
  readonly narrowed: NarrowedCall<TContext>;
  /** Whether the resolver has to ask for the filter before it returns, or before its generator ends. */
  readonly mustAsk: boolean;
  readonly keepsPlaces: boolean;
  readonly check: CheckRow;
}

/** The call of a field, and what becomes of its hidden rows. */
interface CheckedCall<TContext> {
  readonly narrowed: NarrowedCall<TContext>;
  readonly info: GraphQLResolveInfo;
  readonly mustAsk: boolean;
  readonly hiddenRow: HiddenRow;
  /** Whether the rows are checked before fields deliver them: those that a connection has when it is returned. */
  readonly isAhead?: boolean;
  /** Called for each hidden row that is no mistake. */
  readonly onHidden?: (() => void) | undefined;
}

/** Finds the name of the object type of a value, or the error of the value. */
type FindName = (
  value: unknown,
  type: GraphQLNamedType,
) => MaybePromise<string | undefined | Error>;

/** A call, and whether its resolver has to ask for the filter. */
type Asking<TContext> = Pick<Delivery<TContext>, 'narrowed' | 'mustAsk'>;

/** Delivers the rows of narrowed calls, or a mistake instead. */
export interface RowDelivery<TContext> {
  /** Finds the name of the object type of a value, or the error of the value. */
  nameOf(
    call: Pick<CheckedCall<TContext>, 'narrowed' | 'info' | 'isAhead'>,
    value: unknown,
    type: GraphQLNamedType,
  ): MaybePromise<string | undefined | Error>;
  /** @throws {GraphQLError} after a mistake, and when the resolver has to ask and did not. */
  requireFilter(call: Asking<TContext>): void;
  /**
   * Creates the check of one row: of a row that is not admitted it returns `hidden` or null, or it throws. In a dry run
   * it reports the row, and returns it.
   */
  createCheck(call: CheckedCall<TContext>): CheckRow;
  /** Creates the check of one row that throws where the rule of its type asks for a proof that the viewer has not given. */
  createProofCheck(call: Pick<CheckedCall<TContext>, 'narrowed' | 'info'>): CheckRow;
  /**
   * Returns the value when its check passes. A failure is a rejected promise, never thrown: graphql-js 16 drops the
   * promises of other list items when one throws.
   */
  deliver(value: unknown, delivery: Delivery<TContext>): unknown;
}

const notAsked = 'its resolver did not ask which rows the viewer may see';

export function createRowDelivery<TContext>(
  decider: Decider<TContext>,
  calls: NarrowedCalls<TContext>,
  runtimeTypes: RuntimeTypes<TContext>,
): RowDelivery<TContext> {
  const isDryRun = decider.report !== undefined;
  const hide = createHide(decider, calls);
  const nameOf = createNameOf(runtimeTypes);

  /** @throws {GraphQLError} when the resolver has to ask for the rows of each type that has a rule, and did not. */
  function requireFilterOf({ narrowed, mustAsk }: CheckedCall<TContext>, typeName: string): void {
    const { filters, rules } = narrowed;
    if (!mustAsk || isDryRun || rules === undefined || rules(typeName).length === 0) return;
    if (!filters.has(undefined) && !filters.has(typeName)) throw calls.fail(narrowed, notAsked);
  }

  function requireFilter({ narrowed, mustAsk }: Asking<TContext>): void {
    if (narrowed.failure !== undefined) throw narrowed.failure;
    if (mustAsk && narrowed.filters.size === 0 && !isDryRun) throw calls.fail(narrowed, notAsked);
  }

  return {
    deliver: createDeliver(requireFilter),
    nameOf,
    requireFilter,
    createProofCheck: createProofCheck(decider, nameOf),
    createCheck(call) {
      const { narrowed } = call;
      const check = (row: unknown, typeName: string): MaybePromise<unknown> => {
        requireFilterOf(call, typeName);
        const answer = calls.admits(narrowed, row, typeName);
        if (typeof answer === 'boolean') return answer ? row : hide(call, row);
        return whenArrived(answer, (isAdmitted) => (isAdmitted ? row : hide(call, row)));
      };
      const isRuled = narrowed.rules !== undefined;
      return checkByName(check, isRuled ? (row, type) => nameOf(call, row, type) : undefined);
    },
  };
}

function createDeliver<TContext>(
  requireFilter: RowDelivery<TContext>['requireFilter'],
): RowDelivery<TContext>['deliver'] {
  return (value, delivery) => {
    const { depth, check } = delivery;
    try {
      const read = depth > 0 ? readItems(value) : value;
      if (read instanceof BrokenList) throw read.error;
      // An asynchronous iterable may ask when it is read.
      if (depth === 0 || !isAsyncIterable(read)) requireFilter(delivery);
      return checkRows(read, delivery, (row, type) => {
        requireFilter(delivery);
        return check(row, type);
      });
    } catch (error) {
      return rejected(error);
    }
  };
}

/** Creates the search for the object type of a row. Errors are returned: the executor reports them at the row. */
function createNameOf<TContext>(
  runtimeTypes: RuntimeTypes<TContext>,
): RowDelivery<TContext>['nameOf'] {
  return ({ narrowed, info, isAhead }, row, type) => {
    const call = { context: narrowed.call.context, info };
    try {
      const found =
        isAhead === true
          ? runtimeTypes.nameUnguarded(row, type, call)
          : runtimeTypes.nameOf(row, type, call);
      return whenArrived<string | undefined, string | undefined | Error>(
        found,
        (name) => name,
        toItemError,
      );
    } catch (error) {
      return toItemError(error);
    }
  };
}

/** Creates the check of rows that are counted where they are returned, and may not be delivered. */
function createProofCheck<TContext>(
  { requirements, deniedBy }: Decider<TContext>,
  nameOf: RowDelivery<TContext>['nameOf'],
): RowDelivery<TContext>['createProofCheck'] {
  return (call) => {
    const { narrowed, info } = call;
    const prove = (row: unknown, coordinate: string): unknown => {
      const requirement = requirements.ruleOf(coordinate);
      const denied = deniedBy({ coordinate, requirement }, narrowed.call.context, info);
      if (denied !== undefined) throw denied;
      return row;
    };
    if (narrowed.unproven === undefined) return (row) => row;
    return checkByName(prove, (row, type) => nameOf({ ...call, isAhead: true }, row, type));
  };
}

/** Creates the decision about a row that is not admitted. */
function createHide<TContext>(decider: Decider<TContext>, calls: NarrowedCalls<TContext>) {
  return (call: CheckedCall<TContext>, row: unknown): unknown => {
    const { narrowed, info, hiddenRow } = call;
    const denial = toDenial(narrowed);
    if (decider.report !== undefined) {
      decider.reportOnce(denial, narrowed.call.context, info);
      return row;
    }
    const isMistake = hiddenRow === 'left out' && narrowed.filters.size > 0;
    if (hiddenRow === 'mistake' || isMistake) {
      throw calls.fail(narrowed, 'it returned a row that its policies do not admit to the viewer');
    }
    call.onHidden?.();
    if (hiddenRow === 'refused') throw createAuthorizationError(denial, placeOfValue(info));
    return hiddenRow === 'null' ? null : hidden;
  };
}

/** Creates the check of rows by the names of their object types. `nameOf` finds those of interfaces and unions. */
function checkByName(
  check: (row: unknown, typeName: string) => MaybePromise<unknown>,
  nameOf: FindName | undefined,
): CheckRow {
  // Nearly all rows have the same type, and graphql-js looks at it several times to find out that it is concrete.
  let checkedType: GraphQLNamedType | undefined;
  let isNamed = false;
  return (row, type) => {
    if (type !== checkedType) isNamed = nameOf === undefined || !isAbstractType(type);
    checkedType = type;
    if (isNamed || nameOf === undefined) return check(row, type.name);
    const conclude = (name: string | undefined | Error): MaybePromise<unknown> =>
      name instanceof Error ? name : check(row, name ?? '');
    return whenArrived(nameOf(row, type), conclude);
  };
}

/** Returns the refusal of a row. It names the rules of all types that the row could have: not which one it has. */
function toDenial<TContext>({
  coordinate,
  clauses,
  rules,
  rowTypes,
}: NarrowedCall<TContext>): DenialExtensions {
  const ofTypes = rules === undefined ? [] : [...rowTypes].flatMap((name) => rules(name));
  const unmet = [...new Set([...clauses, ...ofTypes])];
  return {
    code: 'FORBIDDEN',
    reason: 'POLICY_DENIED',
    coordinate,
    requires: unmet.map(({ requires }) => requires),
    policies: unmet.map(({ rows }) => rows),
  };
}
