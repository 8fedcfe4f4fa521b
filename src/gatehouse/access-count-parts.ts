import { randomBytes } from 'node:crypto';
import { createAccessCounter } from '../identity/access-counts/access-counter.ts';
import { createCountAccess } from '../identity/access-counts/count-access.ts';
import type { Stores } from '../identity/stores.ts';
import { createUuid } from '../values/uuid.ts';
import { clock, options } from './given.ts';
import { type Part, part } from './part.ts';

/** Creates the parts that count how groups are used. */
export function accessCountParts(stores: Part<Stores>) {
  /** Undefined: nothing is counted. */
  const accessCounter = part('counts of access', (get) =>
    get(options).config.countsAccess ? createAccessCounter({ now: get(clock) }) : undefined,
  );
  /** Writes what is counted. Requested by what runs operations, so that it is stopped after it. */
  const countAccess = part(
    'writing counts of access',
    (get) =>
      createCountAccess({
        store: get(stores).accessCounts,
        counter: get(accessCounter),
        id: createUuid(get(clock)(), randomBytes),
        now: get(clock),
        onError: (error) =>
          get(options).logger.warn({ err: error }, 'writing the counts of access failed'),
      }),
    ({ stop }) => stop(),
  );
  return { accessCounter, countAccess };
}
