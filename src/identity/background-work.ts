import { system } from '../changes/origin.ts';
import { startOfDay } from '../values/start-of-day.ts';
import type { LogStore } from './audit/log.store.ts';
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
/** What is held in an ended place opens nothing, so that it can wait. */
const placesIntervalMs = 60 * 60 * 1000;
const placesBatchSize = 1_000;
const dayMs = 24 * 60 * 60 * 1000;

export interface BackgroundWorkOptions {
  readonly stores: Pick<Stores, 'logs' | 'sessions' | 'placeMemberships' | 'placeInvitations'>;
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

/** Makes the partitions of a log, and removes what is older than its days. */
const workOfLog = ({ log, makePartitions, prune }: LogStore, now: () => Date) => [
  {
    intervalMs: partitionIntervalMs,
    failed: `making partitions of the log ${log.name} failed`,
    run: async () => void (await makePartitions()),
  },
  ...(log.daysKept === undefined ? [] : [log.daysKept]).map((days) => ({
    intervalMs: pruneIntervalMs,
    failed: `removing old ${log.row}s of the log ${log.name} failed`,
    run: async () =>
      void (await prune(startOfDay(new Date(now().getTime() - days * dayMs)), system)),
  })),
];

type PlaceStores = Pick<Stores, 'placeMemberships' | 'placeInvitations'>;

/** Removes what was held in places that have ended, and invitations that can no longer be accepted. */
const workOfPlaces = ({ placeMemberships, placeInvitations }: PlaceStores) => ({
  intervalMs: placesIntervalMs,
  failed: 'removing what was held in ended places failed',
  async run(isStopped: () => boolean) {
    for (const remove of [placeMemberships.removeOfEnded, placeInvitations.removeEnded]) {
      for (let isFull = true; isFull && !isStopped(); ) {
        isFull = (await remove(placesBatchSize)) === placesBatchSize;
      }
    }
  },
});

/** Creates all background work, once in a process. Every node runs it. */
export function createBackgroundWork({
  stores,
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
    ...[
      workOfPlaces(stores),
      ...stores.logs.flatMap((store) => workOfLog(store, now)),
      ...others,
    ].map(({ failed, ...task }) =>
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
