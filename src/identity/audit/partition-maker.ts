import { createPeriodicTask, type PeriodicTask } from '../periodic-task.ts';
import type { AuditStore } from './audit.store.ts';

/** Partitions are made months ahead, so a run may fail many times before one is missing. */
const intervalMs = 60 * 60 * 1000;

export interface PartitionMakerOptions {
  readonly audit: Pick<AuditStore, 'makePartitions'>;
  /** Called when partitions could not be made. The next run tries again. */
  readonly onError: (error: unknown) => void;
}

/** Creates the task that makes partitions of the audit log ahead. Several nodes may run at the same time. */
export const createPartitionMaker = ({ audit, onError }: PartitionMakerOptions): PeriodicTask =>
  createPeriodicTask({
    intervalMs,
    onError,
    run: async () => {
      await audit.makePartitions();
    },
  });
