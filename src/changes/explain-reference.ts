import { z } from 'zod';
import { violatedReferenceOf } from '../database/errors.ts';
import { StillReferencedError } from '../errors.ts';
import type { DataClient } from '../values/sql-transaction.ts';

const rowsSchema = z.array(z.object({ table: z.string() }));

/**
 * Returns the error of a failed transaction. If a foreign key prevented the removal of a record, returns an error that
 * names the table: some drivers report only the constraint, so the table is read from the catalog.
 */
export async function explainReference<TTransaction>(
  error: unknown,
  data: DataClient<TTransaction>,
): Promise<unknown> {
  const { isRemoval, table, constraint } = violatedReferenceOf(error) ?? { isRemoval: false };
  if (!isRemoval || table !== undefined || constraint === undefined) return error;
  const rows = await data.transaction(async (transaction) =>
    data.sql(transaction).$queryRawUnsafe(
      `SELECT conrelid::regclass::text AS "table" FROM pg_constraint
        WHERE conname = $1 AND contype = 'f' ORDER BY 1`,
      constraint,
    ),
  );
  const tables = rowsSchema.parse(rows).map((row) => row.table);
  return new StillReferencedError(
    { table: tables.join(', ') || undefined, constraint },
    { cause: error },
  );
}
