import { defaultFieldResolver } from 'graphql';
import { overlaps } from '../../requirements/row-fields.ts';
import type { Decider } from '../calls/decider.ts';
import type { Resolver } from '../calls/field-call.ts';
import { rejected } from '../calls/promises.ts';
import { RowsError } from '../calls/rows-error.ts';
import type { Step, StepCall } from '../calls/step.ts';
import { createRowsOf, type RowFilters, type RowsOf } from './ask-rows.ts';
import { createCheckRows } from './check-rows.ts';
import { type CompiledRows, type FieldRows, HeldRules, type WrappedField } from './compile-rows.ts';
import { findConnectionTypes } from './connection-types.ts';
import { createRowCalls } from './row-calls.ts';
import type { RowMistakes } from './row-mistakes.ts';
import type { RowRule } from './row-rule.ts';
import type { RuntimeTypes } from './runtime-types.ts';

/** The steps of a field that returns rows. */
interface RowSteps<TContext> {
  /** Finds which rules hold for the viewer, before the resolver can ask for the filter. */
  readonly rules: Step<'rules', TContext>;
  /** Checks the rows. */
  readonly rows: Step<'rows', TContext>;
  /** Notes what was delivered. Undefined: it is not asked for. */
  readonly conclude: Step<'conclude', TContext> | undefined;
}

/** Makes the steps of fields that return rows. */
export interface RowGuard<TContext> {
  readonly rowsOf: RowsOf;
  /** Returns the steps of a field with a resolver. Undefined: nothing that it returns can be hidden. */
  stepsOf(wrapped: WrappedField, resolver: Resolver<TContext>): RowSteps<TContext> | undefined;
  /** Returns the step before the `subscribe` of a field, which can ask for the filter too. */
  opening(wrapped: WrappedField): Step<'rules', TContext> | undefined;
}

/** What compiles the rules of rows, asks for filters and reports mistakes. */
export interface RowParts<TContext> {
  readonly compiled: CompiledRows<TContext>;
  readonly filters: RowFilters<TContext>;
  readonly mistakes: RowMistakes<TContext>;
  readonly runtimeTypes: RuntimeTypes<TContext>;
}

/**
 * Creates the guard of the rows of one schema. It asks the policies in `rows`, of fields and of types, about each row before
 * it is delivered: about the rows of a list before any of them, those that a connection has before anything of it, and all
 * others where they are delivered. A hidden row that is found after a part of its connection was delivered is a late
 * `RowsError`.
 */
export function createRowGuard<TContext>(
  decider: Decider<TContext>,
  { compiled, filters, mistakes, runtimeTypes }: RowParts<TContext>,
): RowGuard<TContext> {
  const { schema, requirements, beganAt } = decider;
  const connectionTypes = findConnectionTypes(schema, requirements);
  const calls = createRowCalls<TContext>(connectionTypes);
  const createCheck = createCheckRows(decider, mistakes, runtimeTypes);

  /** Finds the rules that hold in a call, for `rowsOf`, for the check, and for the fields below. */
  function holdRules(
    field: FieldRows<TContext>,
    { context, info }: StepCall<TContext>,
    connection: RowRule<TContext> | undefined,
  ): HeldRules<TContext> {
    const { connections, rowTypes, isRuled } = field;
    const held = field.hold({ context, info, connection });
    if (isRuled || connection !== undefined) {
      const rule = held.own ?? connection;
      calls.remember(info, { rule, connections, rowTypes, context, now: beganAt(context, info) });
    }
    return held;
  }

  function stepsOf(
    wrapped: WrappedField,
    resolver: Resolver<TContext>,
  ): RowSteps<TContext> | undefined {
    const { parent } = wrapped;
    const field = compiled.ofField(wrapped);
    const { coordinate, rowTypes, isRuled } = field;
    const isConnection = field.connections.size > 0;
    const parentRows = connectionTypes.get(parent.name)?.rows;
    const isBelow = overlaps(parentRows, rowTypes);
    if (!isRuled && !isBelow) return undefined;
    if (isRuled) calls.expect(coordinate);
    const check = createCheck(field);
    // In a connection, the fields below search for the calls of the connection and of its rows.
    const isInConnection = isConnection || parentRows !== undefined;
    const isByRule = !field.hasRows && !isInConnection && resolver === defaultFieldResolver;
    const passes = isByRule ? field.admitsToTypes : undefined;
    // What a mutation does can give its viewer rights, or take them away.
    const changesViewer = parent.name === schema.getMutationType()?.name && !isInConnection;

    /** Reports rows of a connection that was reached in a way that no guard sees. */
    function failUnseen(context: TContext): Promise<never> {
      const error = new RowsError(coordinate, 'its connection was not resolved by a guarded field');
      return rejected(mistakes.report(error, context));
    }

    const heldIn = ({ kept }: StepCall<TContext>): HeldRules<TContext> => {
      if (kept instanceof HeldRules) return kept;
      throw new RowsError(
        coordinate,
        'its rows are checked before it is known which of them exist',
      );
    };

    /** Finds the rules for the viewer of now. What the resolver has asked for, it has asked for. */
    function holdAgain(before: HeldRules<TContext>, call: StepCall<TContext>): HeldRules<TContext> {
      const held = holdRules(field, call, undefined);
      for (const [type, filter] of before.own?.filters ?? []) held.own?.filters.set(type, filter);
      return held;
    }

    const conclude: Step<'conclude', TContext> = {
      name: 'conclude',
      run(value, call) {
        const { own, connection, event } = heldIn(call);
        const rule = own ?? connection;
        // Rows of a connection that are found later are late.
        if (isConnection && rule !== undefined) rule.isLate = true;
        return event === undefined ? value : event.conclude(value);
      },
    };

    return {
      rules: {
        name: 'rules',
        passes,
        run(_value, call) {
          const above = isBelow ? calls.above(call.info) : [];
          if (above === undefined) return failUnseen(call.context);
          const rule = above.find((each) => each.rule && overlaps(each.rule.rowTypes, rowTypes));
          call.kept = holdRules(field, call, rule?.rule);
          return undefined;
        },
      },
      rows: {
        name: 'rows',
        passes,
        run(value, call) {
          if (changesViewer) call.kept = holdAgain(heldIn(call), call);
          return check(value, heldIn(call), call.info);
        },
      },
      conclude:
        isConnection || parent.name === schema.getSubscriptionType()?.name ? conclude : undefined,
    };
  }

  return {
    rowsOf: createRowsOf(decider, compiled, filters, calls),
    stepsOf,
    opening(wrapped) {
      const field = compiled.ofField(wrapped);
      if (!field.isRuled) return undefined;
      return {
        name: 'rules',
        run(_value, call) {
          holdRules(field, call, undefined);
        },
      };
    },
  };
}
