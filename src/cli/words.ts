import { InvalidArgumentError } from 'commander';
import type { CliContext } from './command.ts';
import { UsageError } from './usage-error.ts';

/** Checks names of groups that a person typed. @throws {UsageError} when the schema has no such group. */
export async function requireGroups(
  { project }: Pick<CliContext, 'project'>,
  names: readonly string[],
): Promise<void> {
  const { groupsOf } = await import('../gatehouse/schema-report.ts');
  const groups = groupsOf(await project());
  const unknown = names.find((name) => !groups.has(name));
  if (unknown === undefined) return;
  throw new UsageError(`${unknown} is not a group. The groups are ${groups.names.join(', ')}.`);
}

export const namesIn = (list: string): readonly string[] =>
  list
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');

/** Returns the flag of an option: commander turns it back into camel case. */
export const toKebabCase = (name: string): string =>
  name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** RFC 3339, or its date alone: then midnight, UTC. */
const momentPattern =
  /^(\d{4}-\d\d-\d\d)(?:[Tt ]\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:[Zz]|[+-]\d\d:\d\d))?$/;

/** A moment that a person typed. @throws {InvalidArgumentError} */
export function parseMoment(text: string): Date {
  const [whole, day] = momentPattern.exec(text) ?? [];
  const at = new Date(whole === undefined ? Number.NaN : text);
  // A day that its month does not have would be taken for one of the next month.
  if (!Number.isNaN(at.getTime()) && new Date(`${day}`).toISOString().startsWith(`${day}T`)) {
    return at;
  }
  throw new InvalidArgumentError(
    'Expected a date such as 2026-01-31, or a time such as 2026-01-31T12:00:00Z.',
  );
}

/** A day that a person typed: its midnight, UTC. @throws {InvalidArgumentError} */
export function parseDay(text: string): Date {
  if (/^\d{4}-\d\d-\d\d$/.test(text)) return parseMoment(text);
  throw new InvalidArgumentError('Expected a date such as 2026-01-31.');
}

/** A whole number that a person typed. @throws {InvalidArgumentError} */
export function parseWhole(text: string): number {
  const value = Number(text);
  if (/^\d{1,9}$/.test(text)) return value;
  throw new InvalidArgumentError('Expected a whole number.');
}
