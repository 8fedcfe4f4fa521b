import { CommanderError } from 'commander';
import { UsageError } from './usage-error.ts';

/** Whether the command line was invalid, so that nothing was tried. */
export const isUsage = (error: unknown): boolean =>
  error instanceof CommanderError || error instanceof UsageError;

/**
 * Whether `--json` was requested, so that a failure is printed as JSON too. Checked in the words, because invalid
 * ones cannot be parsed.
 */
export function asksForJson(words: readonly string[]): boolean {
  const end = words.indexOf('--');
  return words.slice(0, end === -1 ? words.length : end).includes('--json');
}

/** Returns the JSON document of a failure: with the code `USAGE`, or as from `describeError`. */
export async function describeFailure(
  error: unknown,
): Promise<Readonly<Record<string, string | number>>> {
  const { describeError } = await import('../gatehouse/operator.ts');
  const described = describeError(error);
  // Commander starts its messages with `error: `, for standard error.
  const message = String(described.message).replace(/^error: /, '');
  return isUsage(error) ? { code: 'USAGE', message } : described;
}
