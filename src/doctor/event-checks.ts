import type { MigrationAccess } from '../database/connection.ts';
import { readEventTables } from '../database/events/event-tables.ts';
import { type Check, problem, warning } from '../values/check.ts';

/** A field of Subscription, and the table whose rows it sends. */
export interface EventField {
  readonly field: string;
  readonly table: string;
}

/** Checks that the tables of events exist and send them. Changes nothing. @throws the driver's error. */
export async function checkEventTables(
  fields: readonly EventField[],
  access: Pick<MigrationAccess, 'query'>,
): Promise<readonly Check[]> {
  const tables = [...new Set(fields.map(({ table }) => table))];
  const { missing, silent } = await readEventTables(access, tables);
  return fields.flatMap(({ field, table }) => {
    const name = `events of Subscription.${field}`;
    if (missing.includes(table)) return [problem(name, describeMissing(table), makeTable)];
    return silent.includes(table) ? [warning(name, describeSilent(table), addTrigger(table))] : [];
  });
}

const describeMissing = (table: string): string => `the database has no table ${table}`;

const makeTable = 'make it by a migration, or correct `table` in `events` of the domain';

/** Says of a table why its rows are no events. */
export const describeSilent = (table: string): string =>
  `no trigger of the table ${table} sends them, so none arrives`;

/** Says how a table sends events. */
export const addTrigger = (table: string): string =>
  `write a migration: CREATE TRIGGER ... AFTER INSERT ON ${table} FOR EACH ROW EXECUTE FUNCTION gatehouse.notify_inserts('${table}')`;
