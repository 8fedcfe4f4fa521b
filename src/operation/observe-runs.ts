import type { Authorization } from '@graphql-gatehouse/authorization';
import type { Context } from '../context/context.ts';
import type { OperationObserver } from '../schema/packages/operation-observer.ts';
import type { ErrorLogOptions } from './errors/error-log.ts';

/** Finds the groups that an operation uses, for the viewer that it has now. Undefined: it uses none. */
export type ObserveRun = (
  request: Parameters<Authorization<Context>['groupUses']>[0],
) => Ran | undefined;

/** Calls the observers of one run of an operation. */
export type Ran = () => void;

export interface ObserveRunsOptions extends Pick<ErrorLogOptions, 'logger'> {
  readonly authorization: Pick<Authorization<Context>, 'groupUses'>;
  readonly observers: readonly OperationObserver[];
}

/** Creates the function that observes operations. Undefined: no package has an `onRan`, so nothing is computed. */
export function createObserveRuns({
  authorization: { groupUses },
  observers,
  logger,
}: ObserveRunsOptions): ObserveRun | undefined {
  const listening = observers.flatMap(({ onRan }) => onRan ?? []);
  if (listening.length === 0) return undefined;
  return (request) => {
    const { viewer } = request.contextValue;
    if (!viewer.isAuthenticated) return undefined;
    const uses = groupUses(Object.assign({ held: viewer.granted }, request));
    if (uses.groups.length === 0) return undefined;
    return () => {
      for (const onRan of listening) {
        try {
          onRan(viewer, uses);
        } catch (error) {
          logger.error({ err: error }, 'observing an operation failed');
        }
      }
    };
  };
}
