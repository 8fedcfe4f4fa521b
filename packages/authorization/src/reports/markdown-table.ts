/** Prints one line of a table in Markdown. */
export const toLine = (cells: readonly string[]): string =>
  `|${cells.map((cell) => (cell === '' ? ' ' : ` ${cell} `)).join('|')}|`;

/** Prints the head of a table, and the line below it. */
export const toHead = (columns: readonly string[]): readonly string[] => [
  toLine(columns),
  toLine(columns.map(() => '---')),
];

/** The texts of a row by the headings of their columns. */
export type Cells = ReadonlyMap<string, string>;

/** One row of a table, without its first cell. */
export interface MarkdownRow {
  /** The heading above the table. */
  readonly heading: string;
  /** The first cell, without marks of code. */
  readonly name: string;
  readonly cells: Cells;
}

/** Reads the rows of all tables whose first column is `first` and has code in it. */
export function readRows(markdown: string, first: string): readonly MarkdownRow[] {
  const rows: MarkdownRow[] = [];
  let columns: readonly string[] = [];
  let heading = '';
  for (const line of markdown.split(/\r?\n/)) {
    if (line.startsWith('## ')) heading = line.slice(3).trim();
    const [name, ...cells] = cellsOf(line);
    if (name === first) columns = cells;
    else if (name?.startsWith('`') === true) {
      rows.push({
        heading,
        name: withoutCode(name),
        cells: new Map(columns.map((column, index) => [column, cells[index] ?? ''])),
      });
    }
  }
  return rows;
}

/** Removes the marks of code. */
export const withoutCode = (text: string): string => text.replaceAll('`', '');

/** Returns the names that are not among those known. */
export function missingFrom(known: Iterable<string>, names: Iterable<string>): readonly string[] {
  const there = new Set(known);
  return [...names].filter((name) => !there.has(name));
}

function cellsOf(line: string): readonly string[] {
  if (!line.startsWith('|')) return [];
  return line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());
}
