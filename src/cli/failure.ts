import { CommanderError } from 'commander';
import { ClientError } from '../errors.ts';
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

/** Returns the message of a failure, with what is for operators alone. */
export function messageOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return error instanceof ClientError && error.detail !== undefined
    ? `${message} ${error.detail}`
    : message;
}

/** Describes a failure for programs: like the API, or with the code `USAGE`, or `FAILED` and the message. */
export function describeFailure(error: unknown): Readonly<Record<string, string | number>> {
  const message = messageOf(error);
  // Commander starts its messages with `error: `, for standard error.
  if (isUsage(error)) return { code: 'USAGE', message: message.replace(/^error: /, '') };
  if (error instanceof ClientError) return { code: error.code, message, ...error.facts };
  return { code: 'FAILED', message };
}
