import type { Database } from '../database/connect.ts';

/** What a store works with. `now` is the process's clock. */
export interface StoreDependencies {
  readonly database: Database;
  readonly now: () => Date;
}

/** What the stores that deal with sessions work with. */
export interface SessionStoreDependencies extends StoreDependencies {
  /** A session that has not been refreshed for so long has ended. */
  readonly sessionIdleSeconds: number;
  /** How many live sessions a user may have: one more login ends the one used least recently. */
  readonly maxSessionsPerUser: number;
}
