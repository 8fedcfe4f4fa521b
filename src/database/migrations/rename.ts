import pg from 'pg';

/** A new name for a table or a column, which keeps its rows. */
export interface Rename {
  /** `table`, or `table.column`. */
  readonly from: string;
  /** The new name of the table or of the column. */
  readonly to: string;
}

const pattern = /^([^=]+)=([^=.]+)$/;

/** Parses `table=new_name` or `table.column=new_name`. @throws {RangeError} */
export function parseRename(text: string): Rename {
  const [, from, to] = pattern.exec(text) ?? [];
  if (from === undefined || to === undefined) {
    throw new RangeError(`${text} is no new name: write table=new_name, or table.column=new_name.`);
  }
  return { from, to };
}

export const printRename = ({ from, to }: Rename): string => `${from}=${to}`;

export function renameStatement({ from, to }: Rename): string {
  const names = from.split('.');
  const column = names.length === 1 ? undefined : names.pop();
  const table = names.map(pg.escapeIdentifier).join('.');
  const what = column === undefined ? '' : `COLUMN ${pg.escapeIdentifier(column)} `;
  return `ALTER TABLE ${table} RENAME ${what}TO ${pg.escapeIdentifier(to)};\n`;
}
