import { randomBytes } from 'node:crypto';
import type { Database } from '../../src/database/connection.ts';
import { createUuid } from '../../src/values/uuid.ts';

/** The names of the monthly partitions of a log, in order. */
export async function partitionsOf(
  database: Database,
  table = 'gatehouse.audit_events',
): Promise<readonly string[]> {
  const rows = await database.$queryRaw<{ readonly name: string }[]>`
    SELECT relname::text AS name FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid
    WHERE inhparent = ${table}::text::regclass AND relname NOT LIKE '%\\_default' ORDER BY 1`;
  return rows.map(({ name }) => name);
}

/** Adds an event whose id has the time `at`. The event itself may have another one. */
export async function addEventAt(database: Database, at: string, happened = at): Promise<string> {
  const id = createUuid(new Date(at), randomBytes);
  await database.auditEvent.create({ data: { id, at: new Date(happened), action: 'test.added' } });
  return id;
}

/** The name of the partition with an event. */
export async function partitionWith(database: Database, id: string): Promise<string | undefined> {
  const rows = await database.$queryRaw<{ readonly name: string }[]>`
    SELECT relname::text AS name FROM gatehouse.audit_events
    JOIN pg_class ON pg_class.oid = audit_events.tableoid WHERE id = ${id}::uuid`;
  return rows[0]?.name;
}
