import type { PackageRuntime } from 'graphql-gatehouse';
import { createRandomUuid } from 'graphql-gatehouse/package';
import { createCountsStore } from './counts/counts.store.ts';
import { createUseCounter } from './counts/use-counter.ts';
import { createCountWriter } from './counts/write-counts.ts';
import type { RightsSettings } from './settings.ts';

export type RightsRuntime = PackageRuntime<RightsSettings>;

/** What the observer, the commands, the fields and the background work use. */
export type Parts = RightsRuntime & Awaited<ReturnType<typeof openRights>>;

/** Opens the package in a process. Needs no database. */
export async function openRights({ settings, sql, now, randomBytes }: RightsRuntime) {
  const counter = settings.ACCESS_COUNTS === 'on' ? createUseCounter({ now }) : undefined;
  const store = createCountsStore(sql);
  const id = createRandomUuid(randomBytes);
  return { counter, store, writer: createCountWriter({ store, counter, id, now }) };
}
