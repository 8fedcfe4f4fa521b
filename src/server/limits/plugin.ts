import type { ApolloServerPlugin, GraphQLRequestContextDidResolveOperation } from '@apollo/server';
import type { Authorization } from '@gatehouse/authorization';
import type { Context } from '../../composition/context.ts';
import { OperationTooLargeError } from '../../errors.ts';
import {
  type CheckedOperation,
  createOperationChecks,
  type OperationChecksOptions,
} from './check-operation.ts';

export interface LimitsOptions extends OperationChecksOptions {
  readonly authorizeOperation: Authorization<Context>['authorizeOperation'];
}

type Resolved<TContext extends Context> = GraphQLRequestContextDidResolveOperation<TContext>;

/** Looks at an operation before anything is decided about it. Rejects to refuse it. */
export type CheckOperation = (resolved: Resolved<Context>) => Promise<void>;

/**
 * Makes the check of an operation against its limits. They are the same for everyone, and tell nothing of
 * who may do what; only the budget for costs depends on the viewer. It never stands in a validation rule:
 * Apollo Server keeps documents that it has found valid, so that the next viewer would inherit it.
 *
 * @throws {OperationTooLargeError}
 */
export function createCheckLimits(options: LimitsOptions): CheckOperation {
  const checks = createOperationChecks(options);
  const { maxCost } = options.limits;

  return async ({ document, operation, request, contextValue }) => {
    if (operation === undefined) return; // then nothing runs
    const { operationName, variables: variableValues } = request;
    const checked: CheckedOperation = { document, operation, variableValues };
    checks.checkSize(checked);
    const cost = checks.costOf(checked);
    const budget = maxCost[contextValue.viewer.kind];
    if (cost <= budget) return;
    // Who must log in anyway is told so: a client whose token has ended gets the next one, and asks again.
    const isWithinAnyBudget = cost <= Math.max(...Object.values(maxCost));
    if (isWithinAnyBudget && !contextValue.viewer.isAuthenticated) {
      const asked = { document, operationName, variableValues, contextValue };
      if ((await options.authorizeOperation(asked)).length > 0) return;
    }
    throw new OperationTooLargeError('COST', budget, cost);
  };
}

/**
 * A plugin whose decision about an operation waits for these checks, one after the other. Apollo Server
 * starts the hooks of all plugins at once, and what one of them refuses another would have begun to decide.
 */
export function checkedFirst<TContext extends Context>(
  checks: readonly CheckOperation[],
  plugin: ApolloServerPlugin<TContext>,
): ApolloServerPlugin<TContext> {
  return {
    ...plugin,
    async requestDidStart(requestContext) {
      const hooks = (await plugin.requestDidStart?.(requestContext)) ?? {};
      return {
        ...hooks,
        async didResolveOperation(resolved) {
          for (const check of checks) await check(resolved);
          await hooks.didResolveOperation?.(resolved);
        },
      };
    },
  };
}
