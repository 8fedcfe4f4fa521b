import { keyOf, type TableChange } from './data-loss.ts';
import type { Rename } from './rename.ts';
import type { StoredColumn } from './stored-columns.ts';

/** Finds columns that are gone where their table has a new one of the same type, and tables with the same columns. Pure. */
export function findPossibleRenames({ before, after }: TableChange): readonly Rename[] {
  const [oldTables, newTables] = [toTables(before), toTables(after)];
  const oldKeys = new Set(before.map(keyOf));
  const newKeys = new Set(after.map(keyOf));
  const added = after.filter((each) => oldTables.has(each.tableId) && !oldKeys.has(keyOf(each)));
  const ofColumns = before
    .filter((each) => newTables.has(each.tableId) && !newKeys.has(keyOf(each)))
    .flatMap(({ tableId, table, column, type }) =>
      added
        .filter((each) => each.tableId === tableId && each.type === type)
        .map((each) => ({ from: `${table}.${column}`, to: `${each.column}` })),
    );
  const made = [...newTables].filter(([id]) => !oldTables.has(id));
  const ofTables = [...oldTables]
    .filter(([id]) => !newTables.has(id))
    .flatMap(([, gone]) =>
      made
        .filter(([, { columns }]) => columns === gone.columns)
        .map(([, { table }]) => ({ from: gone.table, to: table })),
    );
  return [...ofColumns, ...ofTables];
}

/** Returns each table by its id, with the names and types of its columns in one text. */
function toTables(columns: readonly StoredColumn[]) {
  const tables = new Map<number, { readonly table: string; readonly columns: string }>();
  for (const { tableId, table, column, type } of columns) {
    const known = tables.get(tableId)?.columns ?? '';
    tables.set(tableId, { table, columns: `${known}${column} ${type}, ` });
  }
  return tables;
}
