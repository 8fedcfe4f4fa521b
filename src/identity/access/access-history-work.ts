import { system } from '../../changes/origin.ts';
import { NotOwnerError } from '../audit/log-partitions.store.ts';
import type { createAccessHistoryStore, SchemaSnapshot } from './access-history.store.ts';

export interface AccessHistoryWorkOptions {
  readonly store: Pick<ReturnType<typeof createAccessHistoryStore>, 'prune' | 'see'>;
  readonly snapshot: SchemaSnapshot;
  /** How long the history is kept. */
  readonly days: number;
  readonly now: () => Date;
}

const minuteMs = 60 * 1000;
const dayMs = 24 * 60 * minuteMs;

/** Returns the time before which the history is removed, and not known any more. */
export const historyEnd = (now: Date, days: number): Date => new Date(now.getTime() - days * dayMs);

/** Creates the work on the history of access: a node says each minute what it serves, and prunes the history daily. */
export function createAccessHistoryWork({ store, snapshot, days, now }: AccessHistoryWorkOptions) {
  /** Records that this process serves its schema now. */
  const see = () => store.see(snapshot);

  async function prune(): Promise<void> {
    try {
      await store.prune(historyEnd(now(), days), system);
    } catch (error) {
      // Nodes that cannot change tables leave it to the command of the owner.
      if (!(error instanceof NotOwnerError)) throw error;
    }
  }

  return {
    see,
    tasks: [
      { intervalMs: minuteMs, run: see, failed: 'recording the served schema failed' },
      { intervalMs: dayMs, run: prune, failed: 'pruning the history of access failed' },
    ],
  };
}
