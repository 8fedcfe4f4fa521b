import { type Openness, opennessOfAccess } from './openness.ts';

/** A row of the access matrix. */
export interface MatrixRow {
  readonly typeName: string;
  readonly coordinate: string;
  readonly requirement: string;
  /** In the order of the columns. */
  readonly cells: readonly string[];
  /** Whether data decide too. */
  readonly depends?: boolean;
}

export interface Matrix {
  readonly columns: readonly string[];
  readonly rows: readonly MatrixRow[];
}

/** What a reader looks for. What is absent does not filter. */
export interface MatrixFilter {
  readonly type?: string | undefined;
  /** Contained in the coordinate or the requirement, in any case. */
  readonly text?: string | undefined;
  /** A column: it alone is shown. */
  readonly viewer?: string | undefined;
  /** How far a row is open to the viewer, or to any without one. */
  readonly access?: Openness | undefined;
  /** Another column: only rows that differ from it are shown. */
  readonly other?: string | undefined;
  /** Whether rows are shown that say nothing of their own. */
  readonly isWhole?: boolean | undefined;
}

/** Returns the columns and rows that are looked for. Each row keeps the cells of these columns. */
export function filterMatrix({ columns, rows }: Matrix, filter: MatrixFilter): Matrix {
  const { viewer, other } = filter;
  const wanted = viewer === undefined ? columns : other === undefined ? [viewer] : [viewer, other];
  const shown = wanted.filter((column) => columns.includes(column));
  const indexes = shown.map((column) => columns.indexOf(column));
  const isWanted = ({ typeName, coordinate, requirement, cells }: MatrixRow): boolean =>
    (filter.isWhole || cells.some((cell) => cell !== '')) &&
    (filter.type === undefined || typeName === filter.type) &&
    isTextWanted(`${coordinate} ${requirement}`, filter.text) &&
    isAccessWanted(cells, filter.access, viewer) &&
    (shown.length < 2 || viewer === undefined || other === undefined || cells[0] !== cells[1]);
  const narrowed = rows.map((row) => ({
    ...row,
    cells: indexes.map((index) => row.cells[index] ?? ''),
  }));
  return { columns: shown, rows: narrowed.filter(isWanted) };
}

/** With a viewer, its cell decides, which is the first one. */
export function isAccessWanted(
  cells: readonly string[],
  access: Openness | undefined,
  viewer: string | undefined,
): boolean {
  if (access === undefined) return true;
  const decisive = viewer === undefined ? cells : cells.slice(0, 1);
  return decisive.some((cell) => opennessOfAccess(cell) === access);
}

/** Whether a row with these texts contains what was typed, in any case. */
export const isTextWanted = (texts: string, typed = ''): boolean =>
  texts.toLowerCase().includes(typed.trim().toLowerCase());

/** The types of the rows, in their order. */
export const typesOf = (rows: readonly Pick<MatrixRow, 'typeName'>[]): readonly string[] => [
  ...new Set(rows.map(({ typeName }) => typeName)),
];

/** Counts the rows by how far they are open in their first cell. */
export function countByOpenness(rows: readonly MatrixRow[]): Readonly<Record<Openness, number>> {
  const counts = { open: 0, conditional: 0, closed: 0, inherited: 0 };
  for (const { cells } of rows) counts[opennessOfAccess(cells[0] ?? '')] += 1;
  return counts;
}
