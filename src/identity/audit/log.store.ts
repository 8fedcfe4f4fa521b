import type { LogTable } from '../../values/log-table.ts';
import type { StoreDependencies } from '../store-dependencies.ts';
import { createExportLog } from './log-export.store.ts';
import { createMakePartitions } from './log-partitions.store.ts';
import { createPruneLog } from './log-prune.store.ts';

export type LogStore = ReturnType<typeof createLogStore>;

/** Exports and prunes a log, and makes its partitions. */
export const createLogStore = (dependencies: StoreDependencies, log: LogTable) => ({
  log,
  export: createExportLog(dependencies, log),
  prune: createPruneLog(dependencies, log),
  makePartitions: createMakePartitions(dependencies, log),
});
