import { isAccessWanted, isTextWanted, type MatrixFilter } from './matrix-rows.ts';

/** A row of a matrix, without its coordinate. */
export interface RowTexts {
  readonly requirement: string;
  /** In the order of the columns. */
  readonly cells: readonly string[];
}

/** A row that changed. `was` is null for a new coordinate, and `now` for a removed one. */
export interface ChangedRow {
  readonly typeName: string;
  readonly coordinate: string;
  readonly was: RowTexts | null;
  readonly now: RowTexts | null;
}

export interface ChangedRows {
  readonly columns: readonly string[];
  readonly rows: readonly ChangedRow[];
}

/**
 * Returns the changes that are looked for. With a viewer, these are the changes of its column, which alone is kept. The
 * access is the present one.
 */
export function filterChanges(
  { columns, rows }: ChangedRows,
  { viewer, type, text, access }: MatrixFilter,
): ChangedRows {
  const shown = columns.filter((column) => viewer === undefined || column === viewer);
  const indexes = shown.map((column) => columns.indexOf(column));
  const narrow = (texts: RowTexts | null): RowTexts | null =>
    texts && { ...texts, cells: indexes.map((index) => texts.cells[index] ?? '') };
  const isWanted = ({ typeName, coordinate, was, now }: ChangedRow): boolean =>
    (type === undefined || typeName === type) &&
    isTextWanted([coordinate, was?.requirement, now?.requirement].join(' '), text) &&
    isAccessWanted(now?.cells ?? [], access, viewer) &&
    (viewer === undefined || was?.cells[0] !== now?.cells[0]);
  const narrowed = rows.map((row) => ({ ...row, was: narrow(row.was), now: narrow(row.now) }));
  return { columns: shown, rows: narrowed.filter(isWanted) };
}
