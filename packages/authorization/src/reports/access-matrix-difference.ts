import { opensCell, opensRequirement } from './cell-openness.ts';
import { type Cells, missingFrom, readRows, withoutCode } from './markdown-table.ts';

/**
 * Compares two access matrices in Markdown. Returns a line for each added or removed column, and one for each
 * added, removed or changed coordinate. A changed coordinate is listed with its changed cells in the columns of both
 * matrices. It `opens` if a viewer gets more by it than before.
 */
export function describeMatrixDifference(before: string, after: string): readonly string[] {
  const [old, now] = [readMatrix(before), readMatrix(after)];
  const [oldColumns, columns] = [columnsOf(old), columnsOf(now)];
  const changed = [...now].flatMap(([coordinate, cells]) => {
    const known = old.get(coordinate);
    if (known === undefined) return [`new      ${coordinate}: ${describeCells(cells)}`];
    const changes = describeChanges(known, cells);
    const kind = opens(known, cells) ? 'opens  ' : 'changed';
    return changes.length === 0 ? [] : [`${kind}  ${coordinate}: ${changes.join(', ')}`];
  });
  return [
    ...missingFrom(oldColumns, columns).map((name) => `new      column ${name}`),
    ...missingFrom(columns, oldColumns).map((name) => `gone     column ${name}`),
    ...changed,
    ...missingFrom(now.keys(), old.keys()).map((coordinate) => `gone     ${coordinate}`),
  ];
}

/** Returns the columns of a matrix. A matrix without rows has none. */
const columnsOf = (rows: ReadonlyMap<string, Cells>): ReadonlySet<string> =>
  new Set([...rows.values()].flatMap((cells) => [...cells.keys()]));

/** Reads the rows of all tables by coordinate, which is unique in a schema. */
const readMatrix = (markdown: string): ReadonlyMap<string, Cells> =>
  new Map(readRows(markdown, 'coordinate').map(({ name, cells }) => [name, cells]));

function describeChanges(before: Cells, after: Cells): readonly string[] {
  return [...after].flatMap(([column, to]) => {
    const from = before.get(column);
    return from === undefined || from === to
      ? []
      : [`${column} ${describeCell(from)} -> ${describeCell(to)}`];
  });
}

const opens = (before: Cells, after: Cells): boolean =>
  [...after].some(([column, to]) => {
    const from = before.get(column);
    if (from === undefined) return false;
    const isOpening = column === 'requirement' ? opensRequirement : opensCell;
    return isOpening(withoutCode(from), withoutCode(to));
  });

const describeCells = (cells: Cells): string =>
  [...cells]
    .filter(([, cell]) => cell !== '')
    .map(([column, cell]) => `${column} ${describeCell(cell)}`)
    .join(', ');

const describeCell = (cell: string): string =>
  cell === '' ? '(as its parent)' : withoutCode(cell);
