import { defaultFieldResolver } from 'graphql';
import type { Decider } from '../calls/decider.ts';
import type { Resolver } from '../calls/field-call.ts';
import { createCheckConnections } from './check-connection.ts';
import { createDescribeField, type FencedField } from './describe-field.ts';
import { createFenceResolver } from './fence-resolver.ts';
import { createNarrowField } from './narrow-field.ts';
import type { NarrowedCalls } from './narrowed-call.ts';
import { findRowCarriers } from './row-carriers.ts';
import { createRowDelivery } from './row-delivery.ts';
import { createRunningRows, type RowsOf } from './running-rows.ts';
import type { RuntimeTypes } from './runtime-types.ts';

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
 * `RowsError`.
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
  const narrowField = createNarrowField(decider);
  const fenceResolver = createFenceResolver({ calls, running, delivery, narrowField, decider });

  return {
    rowsOf: running.rowsOf,

    fence(fenced, resolver) {
      const described = describe(fenced);
      const { coordinate, hasRows, rules, begins } = described;
      if (!begins && !described.returnsRows) return undefined;
      if (begins) running.expect(coordinate);
      const checkConnections = createCheckConnections(schema, described);
      // Calls below look for the calls of a connection, and of the rows in it.
      const isApart = !described.isConnection && !carriers.has(fenced.parent.name);
      const isByRule = !hasRows && isApart && resolver === defaultFieldResolver;
      return {
        resolve: fenceResolver({ described, checkConnections }, resolver),
        admitsAll: isByRule
          ? (context) => rules.of(decider.viewerOf(context)) === undefined
          : undefined,
      };
    },

    open(fenced, subscribe) {
      const described = describe(fenced);
      const { connections, rowTypes, begins } = described;
      if (!begins) return subscribe;
      return (source, args, context, info) => {
        const narrowed = narrowField.narrow(described, { context, info, above: undefined });
        const now = decider.beganAt(context, info);
        running.begin(info, { narrowed, connections, rowTypes, context, now });
        return subscribe(source, args, context, info);
      };
    },
  };
}
