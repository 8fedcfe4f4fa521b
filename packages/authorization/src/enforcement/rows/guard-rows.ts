import { defaultFieldResolver } from 'graphql';
import type { Decider } from '../calls/decider.ts';
import type { Resolver } from '../calls/field-call.ts';
import type { Step } from '../calls/step.ts';
import { createCheckConnections } from './check-connection.ts';
import { findConnectionTypes } from './connection-types.ts';
import { createDescribeField, type WrappedField } from './describe-field.ts';
import { createNarrowField } from './narrow-field.ts';
import type { NarrowedCalls } from './narrowed-call.ts';
import { createRowCalls } from './row-calls.ts';
import { createRowDelivery } from './row-delivery.ts';
import { createRowSteps, type RowSteps } from './row-steps.ts';
import { createRowsOf, type RowsOf } from './rows-of.ts';
import type { RuntimeTypes } from './runtime-types.ts';

/** Checks the rows that fields return. */
export interface RowGuard<TContext> {
  readonly rowsOf: RowsOf;
  /** Returns the steps of a field with a resolver. Undefined: nothing that it returns can be hidden. */
  stepsOf(wrapped: WrappedField, resolver: Resolver<TContext>): RowSteps<TContext> | undefined;
  /** Returns the step before the `subscribe` of a field, which can ask for the filter too. */
  opening(wrapped: WrappedField): Step<'narrow', TContext> | undefined;
}

/**
 * Creates the guard of the rows of one schema. It asks the policies in `rows`, of fields and of types, about each row before
 * it is delivered: about the rows of a list before any of them, those that a connection has before anything of it, and all
 * others where they are delivered. A hidden row that is found after a part of its connection was delivered is a late
 * `RowsError`.
 */
export function createRowGuard<TContext>(
  decider: Decider<TContext>,
  calls: NarrowedCalls<TContext>,
  runtimeTypes: RuntimeTypes<TContext>,
): RowGuard<TContext> {
  const { schema, requirements } = decider;
  const connectionTypes = findConnectionTypes(schema, requirements);
  const rowCalls = createRowCalls<TContext>(connectionTypes);
  const delivery = createRowDelivery(decider, calls, runtimeTypes);
  const describe = createDescribeField(schema, requirements, connectionTypes);
  const narrowField = createNarrowField(decider);
  const createSteps = createRowSteps({ calls, rowCalls, delivery, narrowField, decider });

  return {
    rowsOf: createRowsOf(decider, rowCalls, calls),

    stepsOf(wrapped, resolver) {
      const described = describe(wrapped);
      const { coordinate, hasRows, rules, canBeNarrowed, isConnection } = described;
      if (!canBeNarrowed && !described.returnsRows) return undefined;
      if (canBeNarrowed) rowCalls.expect(coordinate);
      const checkConnections = createCheckConnections(schema, described);
      // In a connection, the fields below search for the calls of the connection and of its rows.
      const isInConnection = isConnection || connectionTypes.has(wrapped.parent.name);
      const isByRule = !hasRows && !isInConnection && resolver === defaultFieldResolver;
      const passes = isByRule
        ? (context: TContext) => rules.of(decider.viewerOf(context)) === undefined
        : undefined;
      return createSteps({ described, checkConnections }, passes);
    },

    opening(wrapped) {
      const described = describe(wrapped);
      const { connections, rowTypes, canBeNarrowed } = described;
      if (!canBeNarrowed) return undefined;
      return {
        name: 'narrow',
        run(_value, { context, info }) {
          const narrowed = narrowField.narrow(described, { context, info, connection: undefined });
          const now = decider.beganAt(context, info);
          rowCalls.remember(info, { narrowed, connections, rowTypes, context, now });
          return undefined;
        },
      };
    },
  };
}
