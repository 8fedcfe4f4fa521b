import { keepsValues } from './kept-values.ts';
import { statementsOf, withoutComments } from './sql-text.ts';
import type { StoredColumn } from './stored-columns.ts';

/** What a migration does, by the columns before and after it. */
export interface TableChange {
  readonly before: readonly StoredColumn[];
  readonly after: readonly StoredColumn[];
}

/**
 * Finds what a migration removes: tables, columns, what a narrower type does not hold, and the rows of tables that it
 * empties. Each in words, such as `drops the column ticket.title`. A new name removes nothing. Pure.
 */
export function findLosses({ before, after }: TableChange, script: string): readonly string[] {
  const tables = new Set(after.map(({ tableId }) => tableId));
  const columns = new Map(after.map((each) => [keyOf(each), each]));
  const ofColumns = before.flatMap((was) => {
    if (!tables.has(was.tableId)) return [`drops the table ${was.table}`];
    if (was.column === null) return [];
    const now = columns.get(keyOf(was));
    if (now === undefined) return [`drops the column ${was.table}.${was.column}`];
    return keepsValues(was, now)
      ? []
      : [`changes the column ${was.table}.${was.column} from ${was.type} to ${now.type}`];
  });
  return [...new Set([...ofColumns, ...emptiedTables(script)])];
}

/** Identifies a column, also under another name. */
export const keyOf = ({ tableId, number }: StoredColumn): string => `${tableId}.${number}`;

const emptying =
  /^\s*TRUNCATE\s+(?:TABLE\s+)?(.+?)\s*(?:(?:RESTART|CONTINUE)\s+IDENTITY|CASCADE|RESTRICT|;|$)/is;

/** TRUNCATE leaves the tables as they are, so that only the script shows it. */
const emptiedTables = (script: string): readonly string[] =>
  statementsOf(withoutComments(script))
    .flatMap(({ text }) => emptying.exec(text)?.[1]?.split(',') ?? [])
    .map((table) => table.replace(/^\s*ONLY\s+/i, '').replaceAll(/["*\s]/g, ''))
    .map((table) => `empties the table ${table}`);

const acceptance = '-- accepts data loss: ';

/** Returns the comment in a script by which its author accepts losses. */
export const acceptLosses = (losses: readonly string[]): string =>
  losses.map((loss) => `${acceptance}${loss}\n`).join('');

/** Returns the losses that no comment of the script accepts. Pure. */
export function unacceptedLosses(losses: readonly string[], script: string): readonly string[] {
  const accepted = script
    .split(/\r?\n/)
    .flatMap((line) => (line.startsWith(acceptance) ? [line.slice(acceptance.length).trim()] : []));
  return losses.filter((loss) => !accepted.includes(loss));
}
