import { createHook } from 'node:async_hooks';
import { setImmediate, setTimeout } from 'node:timers/promises';

/** How long resources may take to close, in milliseconds. */
const patienceMs = 60_000;

/**
 * Timers that nothing can close, or that are of other files in the same worker: those of `AbortSignal.timeout`, of
 * PostgreSQL in each embedded database, and of front ends.
 */
const ofOthers = /AbortSignal\.timeout|@electric-sql\/pglite|packages\/client\/src/;

/**
 * Starts to watch what this process opens: sockets, files, processes and timers, also timers that do not keep it alive.
 *
 * @returns waits until all of it is closed, and returns the kinds of what still is open. `expect.poll` would find the
 * timer of its own time limit.
 */
export function watchResources(): () => Promise<readonly string[]> {
  const timers = new Map<number, string>();
  const hook = createHook({
    init(id, type) {
      if (type !== 'Timeout') return;
      const { stack = '' } = new Error('A timer was started.');
      if (!ofOthers.test(stack)) timers.set(id, stack);
    },
    destroy: (id) => void timers.delete(id),
  });
  const before = openHandles();
  hook.enable();
  const findOpen = () => [...added(openHandles(), before), ...timers.values()];
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
