import { type Finding, isOfFinding } from './findings.ts';
import { type Openness, opennessOf } from './openness.ts';

/** A row of the access matrix. */
export interface MatrixRow {
  readonly typeName: string;
  readonly coordinate: string;
  readonly requirement: string;
  /** In the order of the columns. */
  readonly cells: readonly string[];
  /** Whether data decide too. */
  readonly depends?: boolean;
  /** The columns for which an argument, or what it can supply, asks for more than the field. */
  readonly stricter?: readonly string[];
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
  /** The columns that are shown, in their order. Default: all. */
  readonly viewers?: readonly string[] | undefined;
  /** A column: it alone is shown. */
  readonly viewer?: string | undefined;
  /** How far a row is open to the viewer, or to any without one. */
  readonly access?: Openness | undefined;
  /** Another column: only rows that differ from it are shown. */
  readonly other?: string | undefined;
  /** Whether rows are shown that say nothing of their own. */
  readonly isWhole?: boolean | undefined;
  /** What the rows have in common. */
  readonly finding?: Finding | undefined;
}

/** Returns the columns and rows that are looked for. Each row keeps the cells of these columns. */
export function filterMatrix({ columns, rows }: Matrix, filter: MatrixFilter): Matrix {
  const { viewer, other } = filter;
  const chosen = [viewer, other].filter((name) => name !== undefined);
  const wanted = viewer === undefined ? (filter.viewers ?? columns) : chosen;
  const shown = wanted.filter((column) => columns.includes(column));
  const indexes = shown.map((column) => columns.indexOf(column));
  const isWanted = (row: MatrixRow, cells: readonly string[]): boolean =>
    (filter.isWhole || cells.some((cell) => cell !== '')) &&
    (filter.finding === undefined || isOfFinding(filter.finding, columns, row)) &&
    (filter.type === undefined || row.typeName === filter.type) &&
    isTextWanted(`${row.coordinate} ${row.requirement}`, filter.text) &&
    isAccessWanted(cells, filter.access, viewer) &&
    (shown.length < 2 || viewer === undefined || other === undefined || cells[0] !== cells[1]);
  const found = rows.flatMap((row) => {
    const cells = indexes.map((index) => row.cells[index] ?? '');
    return isWanted(row, cells) ? [{ ...row, cells }] : [];
  });
  return { columns: shown, rows: found };
}

/** With a viewer, its cell decides, which is the first one. */
export function isAccessWanted(
  cells: readonly string[],
  access: Openness | undefined,
  viewer: string | undefined,
): boolean {
  if (access === undefined) return true;
  const decisive = viewer === undefined ? cells : cells.slice(0, 1);
  return decisive.some((cell) => opennessOf(cell) === access);
}

/** Whether a row with these texts contains what was typed, in any case. */
export const isTextWanted = (texts: string, typed = ''): boolean =>
  texts.toLowerCase().includes(typed.trim().toLowerCase());

/** The types of the rows, in their order. */
export const typesOf = (rows: readonly Pick<MatrixRow, 'typeName'>[]): readonly string[] => [
  ...new Set(rows.map(({ typeName }) => typeName)),
];

const ranks: Readonly<Record<Openness, number>> = {
  open: 2,
  conditional: 1,
  inherited: 0,
  closed: 0,
};

/** Says what two viewers can do more and less than each other, by rows with a cell of each. */
export function compareColumns({ rows }: Matrix, viewer: string, other: string): string {
  const differences = rows.map(
    ({ cells: [first = '', second = ''] }) => ranks[opennessOf(first)] - ranks[opennessOf(second)],
  );
  const more = differences.filter((difference) => difference > 0).length;
  const less = differences.filter((difference) => difference < 0).length;
  const others = differences.length - more - less;
  const rest =
    others === 1 ? ' 1 differs in its conditions.' : ` ${others} differ in their conditions.`;
  return `${viewer} can do more than ${other} by ${count(more)}, and less by ${count(less)}.${
    others === 0 ? '' : rest
  }`;
}

const count = (rules: number): string => (rules === 1 ? '1 rule' : `${rules} rules`);
