import type { SessionStore } from './session.store.ts';

/** Few at a time: each takes its refresh tokens with it, of which it may have thousands. */
const batchSize = 50;

/** How often dead sessions are looked for. */
const intervalMs = 60 * 60 * 1000;

export interface SessionCleanerOptions {
  readonly sessions: Pick<SessionStore, 'removeDead'>;
  /** Told when sessions could not be removed: the next time tries again. */
  readonly onError: (error: unknown) => void;
}

/** Removes sessions that have been dead for long. One of these in a process. */
export interface SessionCleaner {
  /** Looks now, and then every hour. Keeps no process alive. */
  start(): void;
  /** Resolves when the batch under way is done. */
  stop(): Promise<void>;
}

/** Makes what removes dead sessions in the background, a batch at a time. Nodes may do so at once. */
export function createSessionCleaner({ sessions, onError }: SessionCleanerOptions): SessionCleaner {
  let isStopped = false;
  let running: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;

  async function removeAll(): Promise<void> {
    try {
      let removed = batchSize;
      while (removed === batchSize && !isStopped) removed = await sessions.removeDead(batchSize);
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
