/** How long a line waits at most before it is written, in milliseconds. */
const maxWaitMs = 50;

/** The number of characters after which the buffer is written, even within the interval. */
const maxCharacters = 64_000;

/**
 * Collects lines and writes many at once: a write to a file or a pipe costs more than to make the line, and the
 * thread waits for it.
 *
 * `flushSync` writes what is left; call it when the process exits. Pino calls it after a fatal line. A process that
 * is killed at once, as by SIGKILL, loses the lines of its last 50 ms.
 */
export function createLineBuffer(destination: { write(text: string): unknown }) {
  let lines = '';
  let timer: NodeJS.Timeout | undefined;
  function flushSync(): void {
    clearTimeout(timer);
    if (lines === '') return;
    const text = lines;
    lines = '';
    destination.write(text);
  }
  return {
    write(line: string): void {
      if (lines === '') timer = setTimeout(flushSync, maxWaitMs).unref();
      lines += line;
      if (lines.length >= maxCharacters) flushSync();
    },
    flushSync,
  };
}
