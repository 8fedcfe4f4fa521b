import type { ReactNode } from 'react';

export interface Column<Row> {
  readonly head: string;
  readonly cell: (row: Row) => ReactNode;
  /** Whether the cell names its row. One column has it. */
  readonly isName?: boolean;
  /** Whether its cells are numbers, or the buttons of the row. */
  readonly align?: 'end';
  /**
   * Short cells, such as a count or an address, stay on one line. Long ones, such as a message, may break within a word.
   * Absent: words stay whole.
   */
  readonly size?: 'short' | 'long';
  /** Whether it stays at the end of a wide table that scrolls, where the screen has room. */
  readonly isPinned?: true;
}

export interface TableProps<Row> {
  /** What the table lists, for screen readers. */
  readonly caption: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => string;
  /** The heading of rows that follow each other, such as their day. */
  readonly headingOf?: (row: Row) => string;
  /** Whether other rows are being read. */
  readonly isStale?: boolean;
  /** Whether it has many columns: it scrolls in its frame, where its head and first column stay. */
  readonly isWide?: boolean;
}

/** A table. On a narrow page each row is a card, whose cells have the names of their columns. */
export function Table<Row>({
  caption,
  columns,
  rows,
  keyOf,
  headingOf,
  isStale = false,
  isWide = false,
}: TableProps<Row>) {
  // What scrolls must be reached by the keyboard.
  const wide = isWide ? { role: 'region', 'aria-label': caption, tabIndex: 0 } : {};
  const toRow = (row: Row) => <TableRow key={keyOf(row)} row={row} columns={columns} />;
  return (
    <div className={isWide ? 'table-frame wide' : 'table-frame'} data-stale={isStale} {...wide}>
      <table aria-busy={isStale}>
        <caption className="hidden">{caption}</caption>
        <thead>
          <tr>
            {columns.map(({ head, ...look }) => (
              <th key={head} scope="col" className={classOf(look)}>
                {head}
              </th>
            ))}
          </tr>
        </thead>
        {headingOf === undefined ? (
          <tbody>{rows.map(toRow)}</tbody>
        ) : (
          toGroups(rows, headingOf).map(({ heading, rows: [first, ...others] }) => (
            <tbody key={keyOf(first)}>
              <tr className="heading">
                <th scope="rowgroup" colSpan={columns.length}>
                  {heading}
                </th>
              </tr>
              {[first, ...others].map(toRow)}
            </tbody>
          ))
        )}
      </table>
    </div>
  );
}

interface TableRowProps<Row> {
  readonly row: Row;
  readonly columns: readonly Column<Row>[];
}

const TableRow = <Row,>({ row, columns }: TableRowProps<Row>) => (
  <tr>
    {columns.map(({ head, cell, isName, ...look }) =>
      isName ? (
        <th key={head} scope="row" data-head={head}>
          {cell(row)}
        </th>
      ) : (
        <td key={head} data-head={head} className={classOf(look)}>
          {cell(row)}
        </td>
      ),
    )}
  </tr>
);

/** Rows under one heading: at least one. */
interface Group<Row> {
  readonly heading: string;
  readonly rows: [Row, ...Row[]];
}

function toGroups<Row>(rows: readonly Row[], headingOf: (row: Row) => string) {
  const groups: Group<Row>[] = [];
  for (const row of rows) {
    const heading = headingOf(row);
    const last = groups.at(-1);
    if (last?.heading === heading) last.rows.push(row);
    else groups.push({ heading, rows: [row] });
  }
  return groups;
}

const classOf = ({
  align,
  size,
  isPinned,
}: Pick<Column<never>, 'align' | 'size' | 'isPinned'>): string | undefined =>
  [align, size, isPinned && 'pinned'].filter((part) => part !== undefined).join(' ') || undefined;
