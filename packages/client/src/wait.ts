// Loaded only where a rule has `maxAge`. It imports types alone, so that it shares no chunk with the others.
import type { Rules } from '@graphql-gatehouse/authorization/decision';
import type { Clock } from './clock.ts';
import type { Store } from './viewer.ts';

/** Waits for the moment when the next proof is too old for a rule, if `isHeard`. */
export type Wait = (isHeard: boolean) => void;

interface Parts {
  readonly rules: Rules;
  readonly clock: Clock;
  readonly store: Store;
}

/** The maximum delay of a timer, in milliseconds. */
const maxDelayMs = 2 ** 31 - 1;

export function create({ rules, clock, store }: Parts): Wait {
  const maxAges = new Set(rules.requirements.flat().flatMap(({ maxAge = [] }) => maxAge));
  let timer: ReturnType<typeof setTimeout> | undefined;
  return (isHeard) => {
    clearTimeout(timer);
    const { authentications = [] } = store.get();
    const now = clock.now(authentications).getTime();
    const delays = [...maxAges]
      .flatMap((seconds) =>
        authentications.map(({ at }) => Date.parse(at) + seconds * 1000 + 1 - now),
      )
      .filter((ms) => ms > 0);
    if (!isHeard || delays.length === 0) return;
    timer = setTimeout(store.touch, Math.min(...delays, maxDelayMs));
    // Of Node.js: the timer must not keep the process alive.
    const handle: { unref?(): void } = Object(timer);
    handle.unref?.();
  };
}
