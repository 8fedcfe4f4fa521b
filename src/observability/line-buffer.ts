/** Where lines are written. */
interface Destination {
  write(text: string): unknown;
}

/**
 * Writes the lines of one turn of the event loop at once: a write to a file or a pipe costs more than to make
 * the line, and the thread waits for it.
 *
 * `flushSync` writes what is left; call it when the process exits. Pino calls it after a fatal line. What is
 * killed at once, as by SIGKILL, loses the lines of its last turn.
 */
export function createLineBuffer(destination: Destination) {
  let lines = '';
  function flushSync(): void {
    if (lines === '') return;
    const text = lines;
    lines = '';
    destination.write(text);
  }
  return {
    write(line: string): void {
      if (lines === '') setImmediate(flushSync);
      lines += line;
    },
    flushSync,
  };
}
