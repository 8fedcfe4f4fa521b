/**
 * What has changed from one access matrix to another, both in Markdown: a line for each coordinate
 * that is new, gone or different, and of the different ones what was there and what is there now.
 * Empty when the tables say the same.
 */
export function describeMatrixDifference(before: string, after: string): readonly string[] {
  const [old, now] = [readRows(before), readRows(after)];
  const changed = [...now].flatMap(([coordinate, cells]) => {
    const known = old.get(coordinate);
    if (known === undefined) return [`new      ${coordinate}: ${describeCells(cells)}`];
    const changes = describeChanges(known, cells);
    return changes.length === 0 ? [] : [`changed  ${coordinate}: ${changes.join(', ')}`];
  });
  const gone = [...old.keys()].filter((coordinate) => !now.has(coordinate));
  return [...changed, ...gone.map((coordinate) => `gone     ${coordinate}`)];
}

/** The text of each cell by its column. */
type Cells = ReadonlyMap<string, string>;

/** The rows of all tables by coordinate, which is unique in a schema. */
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
  const columns = new Set([...before.keys(), ...after.keys()]);
  return [...columns].flatMap((column) => {
    const [from, to] = [before.get(column), after.get(column)];
    return from === to ? [] : [`${column} ${describeCell(from)} -> ${describeCell(to)}`];
  });
}

const describeCells = (cells: Cells): string =>
  [...cells]
    .filter(([, cell]) => cell !== '')
    .map(([column, cell]) => `${column} ${describeCell(cell)}`)
    .join(', ');

function describeCell(cell: string | undefined): string {
  if (cell === undefined) return '(no column)';
  return cell === '' ? '(as its parent)' : cell.replaceAll('`', '');
}
