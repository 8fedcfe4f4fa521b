import type { SessionStore } from './session.store.ts';

/** The maximum number of sessions in a batch: a session is one row. */
const batchSize = 500;

/** The interval between two searches: sessions of a deleted user are removed within this time. */
const intervalMs = 60 * 1000;

export interface SessionCleanerOptions {
  readonly sessions: Pick<SessionStore, 'removeDead' | 'removeEndedTogether'>;
  /** Called when sessions could not be removed. The next run tries again. */
  readonly onError: (error: unknown) => void;
}

/** Removes sessions that ended long ago, or with their user. Created once in a process. */
export interface SessionCleaner {
  /** Runs now, and then every minute. Does not keep the process alive. */
  start(): void;
  /** Resolves when the current batch is done. */
  stop(): Promise<void>;
}

/**
 * Creates the cleaner that removes dead sessions in the background, in batches. Several nodes may run at the same
 * time.
 */
export function createSessionCleaner({ sessions, onError }: SessionCleanerOptions): SessionCleaner {
  let isStopped = false;
  let running: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;

  async function removeAll(): Promise<void> {
    try {
      while (!isStopped && (await sessions.removeDead(batchSize)) === batchSize);
      while (!isStopped && (await sessions.removeEndedTogether(batchSize)));
    } catch (error) {
      onError(error);
    }
  }

  function clean(): void {
    running ??= removeAll().finally(() => {
      running = undefined;
    });
  }

  return {
    start() {
      clean();
      timer = setInterval(clean, intervalMs).unref();
    },
    async stop() {
      isStopped = true;
      clearInterval(timer);
      await running;
    },
  };
}
