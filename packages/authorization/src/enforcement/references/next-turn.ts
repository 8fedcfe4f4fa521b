/** Reads of all executions that wait for their turn. */
const waiting: (() => void)[] = [];

/**
 * Resolves in a later turn of the event loop, in which no other read that waited for its turn begins. A read of an embedded database, and
 * the error of a rejected one, take the thread's time: other requests are answered in between.
 */
export const nextTurn = () =>
  new Promise<void>((resolve) => {
    if (waiting.push(resolve) === 1) setImmediate(beginOne);
  });

function beginOne(): void {
  waiting.shift()?.();
  if (waiting.length > 0) setImmediate(beginOne);
}
