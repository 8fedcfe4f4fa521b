import { createHook } from 'node:async_hooks';
import { setImmediate, setTimeout } from 'node:timers/promises';
import { vi } from 'vitest';

/** How long resources may take to close, in milliseconds. */
const patienceMs = 20_000;

/**
 * Starts to watch what this process opens: sockets, files, processes and timers, also timers that do not keep it alive.
 *
 * @returns waits until all of it is closed, and returns the kinds of what still is open. `expect.poll` would find the
 * timer of its own time limit.
 */
export function watchResources(): () => Promise<readonly string[]> {
  const timers = new Set<number>();
  const isInSignal = watchSignals();
  const hook = createHook({
    init: (id, type) => void (type === 'Timeout' && !isInSignal() && timers.add(id)),
    destroy: (id) => void timers.delete(id),
  });
  const before = openHandles();
  hook.enable();
  const findOpen = () => [...added(openHandles(), before), ...[...timers].map(() => 'Timeout')];
  return async () => {
    const endMs = performance.now() + patienceMs;
    while (findOpen().length > 0 && performance.now() < endMs) {
      await setTimeout(5);
      await setImmediate(); // Node.js reports the end of a timer later than it fires
    }
    hook.disable();
    return findOpen();
  };
}

/** Returns whether `AbortSignal.timeout` is running. Its timers cannot be closed, and go with their signals. */
function watchSignals(): () => boolean {
  let isInSignal = false;
  const { timeout } = AbortSignal;
  vi.spyOn(AbortSignal, 'timeout').mockImplementation((ms) => {
    isInSignal = true;
    try {
      return timeout(ms);
    } finally {
      isInSignal = false;
    }
  });
  return () => isInSignal;
}

/** The kinds of what keeps the process alive, as `process.getActiveResourcesInfo` names them, without timers. */
const openHandles = (): readonly string[] =>
  process.getActiveResourcesInfo().filter((kind) => kind !== 'Timeout');

function added(kinds: readonly string[], before: readonly string[]): readonly string[] {
  const left = [...before];
  return kinds.filter((kind) => {
    const index = left.indexOf(kind);
    if (index >= 0) left.splice(index, 1);
    return index < 0;
  });
}
