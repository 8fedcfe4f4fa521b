import { CommanderError } from 'commander';
import { describeError } from '../operator.ts';
import { UsageError } from './usage-error.ts';

/** Whether the command was put together wrongly, so that nothing was tried. */
export const isUsage = (error: unknown): boolean =>
  error instanceof CommanderError || error instanceof UsageError;

/**
 * Whether a program asks, which is to get a document of a failure as well. Found in the words: wrong ones
 * cannot be parsed.
 */
export function asksForJson(words: readonly string[]): boolean {
  const end = words.indexOf('--');
  return words.slice(0, end === -1 ? words.length : end).includes('--json');
}

/** What a program is told of why a command was not done: `USAGE`, or what `describeError` says. */
export function describeFailure(error: unknown): ReturnType<typeof describeError> {
  const told = describeError(error);
  // Commander begins its own with what standard error is to show.
  const message = String(told.message).replace(/^error: /, '');
  return isUsage(error) ? { code: 'USAGE', message } : told;
}
