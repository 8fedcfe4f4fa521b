import type { Authorization } from '@graphql-gatehouse/authorization';
import type { AuthenticatedViewer } from '../../authentication/viewer.ts';
import type { Context } from '../../context/context.ts';

/** Which groups of its viewer an operation used, by coordinate. Equal operations of equal groups have the same object. */
export type GroupUses = ReturnType<Authorization<Context>['groupUses']>;

/** Is called about operations of this process. */
export interface OperationObserver {
  /**
   * Called when an operation ran that used groups: a subscription when it starts, and for each of its events. An error is
   * logged, and does not change the answer. Absent: the uses of groups are not computed.
   */
  readonly onRan?: (viewer: AuthenticatedViewer, uses: GroupUses) => void;
  /** Called when the last operation has ended, while the database is open. */
  readonly close: () => Promise<void>;
}
