/** A line of the log, as far as it is printed. */
interface LogLine {
  readonly level: number;
  readonly time: string;
  readonly msg: string;
  readonly requestId?: string;
  readonly err?: { readonly stack: string };
}

/** The level `error` of pino. */
const errorLevel = 50;

/**
 * Prints a line of the log on standard error if it is about an error that clients do not see: what failed, where, and
 * the stack with the causes. Other properties of the error can be values, and are left out.
 */
export function printError(line: string): void {
  const { level, time, msg, requestId, err, ...place }: LogLine = JSON.parse(line);
  if (level < errorLevel) return;
  const text = [`${msg} ${JSON.stringify(place)}`, err?.stack].filter(Boolean).join('\n');
  // biome-ignore lint/suspicious/noConsole: test runners print it under the name of the running test.
  console.error(text);
}
