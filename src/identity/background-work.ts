import { system } from '../changes/origin.ts';
import {
  createPeriodicTask,
  type PeriodicTask,
  type PeriodicTaskOptions,
} from './periodic-task.ts';
import { createSessionCleaner } from './sessions/session-cleaner.ts';
import type { Stores } from './stores.ts';

/** Partitions are made months ahead, so a run may fail many times before one is missing. */
const partitionIntervalMs = 60 * 60 * 1000;

/** Whole days are removed, so that most runs find nothing. */
const pruneIntervalMs = 60 * 60 * 1000;
const dayMs = 24 * 60 * 60 * 1000;

export interface BackgroundWorkOptions {
  readonly stores: Pick<Stores, 'audit' | 'reads' | 'sessions'>;
  /** How many days records of reads are kept. Undefined: they are not removed. */
  readonly auditReadsDays: number | undefined;
  readonly now: () => Date;
  /** Called after each batch with the number of ended sessions that were removed. */
  readonly onSessionsRemoved?: ((count: number) => void) | undefined;
  /** Called when a task failed, with what failed. The next run tries again. */
  readonly onError: (error: unknown, failed: string) => void;
  /** Further work, such as that of packages. `failed` describes its failure. */
  readonly others: readonly (Pick<PeriodicTaskOptions, 'intervalMs' | 'run'> & {
    readonly failed: string;
  })[];
}

/** Creates all background work, once in a process. Every node runs it. */
export function createBackgroundWork({
  stores,
  auditReadsDays,
  now,
  onSessionsRemoved,
  onError,
  others,
}: BackgroundWorkOptions): PeriodicTask {
  const tasks = [
    createSessionCleaner({
      sessions: stores.sessions,
      onRemoved: (count) => onSessionsRemoved?.(count),
      onError: (error) => onError(error, 'deleting ended sessions failed'),
    }),
    createPeriodicTask({
      intervalMs: partitionIntervalMs,
      onError: (error) => onError(error, 'making partitions of the audit log failed'),
      run: async () => {
        await stores.audit.makePartitions();
        await stores.reads.makePartitions();
      },
    }),
    createPeriodicTask({
      intervalMs: pruneIntervalMs,
      onError: (error) => onError(error, 'removing old records of reads failed'),
      run: async () => {
        if (auditReadsDays === undefined) return;
        await stores.reads.prune(new Date(now().getTime() - auditReadsDays * dayMs), system);
      },
    }),
    ...others.map(({ failed, ...task }) =>
      createPeriodicTask({ ...task, onError: (error) => onError(error, failed) }),
    ),
  ];
  return {
    start() {
      for (const task of tasks) task.start();
    },
    async stop() {
      await Promise.all(tasks.map((task) => task.stop()));
    },
  };
}
