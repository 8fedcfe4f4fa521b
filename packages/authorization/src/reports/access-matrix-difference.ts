/**
 * Compares two access matrices in Markdown. Returns a line for each added or removed column, and one for each
 * added, removed or changed coordinate. A changed coordinate is listed with its changed cells in the columns of both
 * matrices.
 */
export function describeMatrixDifference(before: string, after: string): readonly string[] {
  const [old, now] = [readRows(before), readRows(after)];
  const [oldColumns, columns] = [columnsOf(old), columnsOf(now)];
  const changed = [...now].flatMap(([coordinate, cells]) => {
    const known = old.get(coordinate);
    if (known === undefined) return [`new      ${coordinate}: ${describeCells(cells)}`];
    const changes = describeChanges(known, cells);
    return changes.length === 0 ? [] : [`changed  ${coordinate}: ${changes.join(', ')}`];
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

function missingFrom(known: Iterable<string>, names: Iterable<string>): readonly string[] {
  const there = new Set(known);
  return [...names].filter((name) => !there.has(name));
}

/** Cell texts by column. */
type Cells = ReadonlyMap<string, string>;

/** Reads the rows of all tables by coordinate, which is unique in a schema. */
function readRows(markdown: string): ReadonlyMap<string, Cells> {
  const rows = new Map<string, Cells>();
  let columns: readonly string[] = [];
  for (const line of markdown.split(/\r?\n/)) {
    const [coordinate, ...cells] = cellsOf(line);
    if (coordinate === 'coordinate') columns = cells;
    else if (coordinate?.startsWith('`') === true) {
      rows.set(
        coordinate.replaceAll('`', ''),
        new Map(columns.map((column, index) => [column, cells[index] ?? ''])),
      );
    }
  }
  return rows;
}

function cellsOf(line: string): readonly string[] {
  if (!line.startsWith('|')) return [];
  return line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());
}

function describeChanges(before: Cells, after: Cells): readonly string[] {
  return [...after].flatMap(([column, to]) => {
    const from = before.get(column);
    return from === undefined || from === to
      ? []
      : [`${column} ${describeCell(from)} -> ${describeCell(to)}`];
  });
}

const describeCells = (cells: Cells): string =>
  [...cells]
    .filter(([, cell]) => cell !== '')
    .map(([column, cell]) => `${column} ${describeCell(cell)}`)
    .join(', ');

const describeCell = (cell: string): string =>
  cell === '' ? '(as its parent)' : cell.replaceAll('`', '');
