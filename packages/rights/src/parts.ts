import type { PackageRuntime } from 'graphql-gatehouse';
import { createRandomUuid } from 'graphql-gatehouse/package';
import { createCountsStore } from './counts/counts.store.ts';
import { createUseCounter } from './counts/use-counter.ts';
import { createCountWriter } from './counts/write-counts.ts';
import { createAddReads } from './reads/add-reads.ts';
import { createRecordReads } from './reads/record-reads.ts';
import type { RightsSettings } from './settings.ts';

export type RightsRuntime = PackageRuntime<RightsSettings>;

/** What the observers, the commands, the fields and the background work use. */
export type Parts = RightsRuntime & Awaited<ReturnType<typeof openRights>>;

/** Opens the package in a process. Needs no database. */
export async function openRights(runtime: RightsRuntime) {
  const { settings, sql, now, randomBytes, errors, log } = runtime;
  const counter = settings.ACCESS_COUNTS === 'on' ? createUseCounter({ now }) : undefined;
  const store = createCountsStore(sql);
  const id = createRandomUuid(randomBytes);
  const recordReads = createRecordReads({
    add: createAddReads(runtime),
    isRejectedData: sql.isRejectedData,
    notRecorded: errors.readNotRecorded,
    patienceMs: sql.statementTimeoutMs,
    onError: (error) => log.error({ err: error }, 'recording reads failed'),
    elapsedMs: () => performance.now(),
  });
  return { counter, store, writer: createCountWriter({ store, counter, id, now }), recordReads };
}
