import { InvalidArgumentError } from 'commander';
import { groupNames, isGroup } from '../operator.ts';

type Group = ReturnType<typeof groupNames>[number];

/** A group's name that a person typed. @throws {InvalidArgumentError} */
export function parseGroup(name: string): Group {
  if (isGroup(name)) return name;
  throw new InvalidArgumentError(`The groups are ${groupNames().join(', ')}.`);
}

/** Names of groups separated by commas; "" for none. @throws {InvalidArgumentError} */
export const parseGroups = (list: string): readonly Group[] => namesIn(list).map(parseGroup);

/** The names in a list that a person typed. */
export const namesIn = (list: string): readonly string[] =>
  list
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');

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

/** A whole number that a person typed. @throws {InvalidArgumentError} */
export function parseWhole(text: string): number {
  const value = Number(text);
  if (/^\d{1,9}$/.test(text)) return value;
  throw new InvalidArgumentError('Expected a whole number.');
}
