import { availableParallelism } from 'node:os';

/**
 * How many workers run tests at a time. Two more than there are cores, since many tests wait for processes, mails and
 * browsers. Each takes about 1 GB.
 */
export const allWorkers = Math.min(availableParallelism() + 2, 6);
