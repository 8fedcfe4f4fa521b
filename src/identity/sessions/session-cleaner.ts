import { createPeriodicTask, type PeriodicTask } from '../periodic-task.ts';
import type { SessionStore } from './session.store.ts';

/** The maximum number of sessions in a batch: a session is one row. */
const batchSize = 500;

/** The interval between two searches: sessions of a deleted user are removed within this time. */
const intervalMs = 60 * 1000;

export interface SessionCleanerOptions {
  readonly sessions: Pick<SessionStore, 'removeDead' | 'removeEndedTogether' | 'removeChallenges'>;
  /** Called after each batch with the number of removed sessions. */
  readonly onRemoved: (count: number) => void;
  /** Called when sessions could not be removed. The next run tries again. */
  readonly onError: (error: unknown) => void;
}

/**
 * Creates the cleaner that removes sessions that ended long ago, or with their user, and challenges whose time is over, in the background and in batches.
 * Several nodes may run at the same time.
 */
export const createSessionCleaner = ({
  sessions,
  onRemoved,
  onError,
}: SessionCleanerOptions): PeriodicTask =>
  createPeriodicTask({
    intervalMs,
    onError,
    async run(isStopped) {
      for (let isFull = true; isFull && !isStopped(); ) {
        const removed = await sessions.removeDead(batchSize);
        onRemoved(removed);
        isFull = removed === batchSize;
      }
      while (!isStopped()) {
        const removed = await sessions.removeEndedTogether(batchSize);
        if (removed === undefined) break;
        onRemoved(removed);
      }
      for (let isFull = true; isFull && !isStopped(); ) {
        isFull = (await sessions.removeChallenges(batchSize)) === batchSize;
      }
    },
  });
