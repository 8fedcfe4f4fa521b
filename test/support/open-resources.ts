import { setTimeout } from 'node:timers/promises';

/** Returns the kinds of resources that keep the process alive, as `process.getActiveResourcesInfo` names them. */
export const openResources = (): readonly string[] => process.getActiveResourcesInfo().sort();

/** Returns what is open beside what was open before. */
function openedSince(before: readonly string[]): readonly string[] {
  const left = [...before];
  return openResources().filter((kind) => {
    const index = left.indexOf(kind);
    if (index >= 0) left.splice(index, 1);
    return index < 0;
  });
}

/** How long resources may take to close, in milliseconds. */
const patienceMs = 60_000;

/**
 * Waits until nothing is open beside what was open before, and returns what still is. `expect.poll` would find the timer
 * of its own time limit.
 */
export async function leftOpenSince(before: readonly string[]): Promise<readonly string[]> {
  const endMs = performance.now() + patienceMs;
  while (openedSince(before).length > 0 && performance.now() < endMs) await setTimeout(5);
  return openedSince(before);
}
