import { Pager, useCursors } from './pager.tsx';
import { Table, type TableProps } from './table.tsx';
import { useGrowing } from './use-growing.ts';

const pageSize = 100;

interface PagedTableProps<Row> extends TableProps<Row> {
  /** What the rows were looked for by. With something else, the first page is shown. */
  readonly filter?: string;
}

/** A table of rows that are all there, shown by pages: it stays quick with thousands. */
export function PagedTable<Row>({ rows, filter, ...table }: PagedTableProps<Row>) {
  const cursors = useCursors(table.caption, filter);
  const start = Number(cursors.after ?? 0);
  const end = start + pageSize;
  const shown = rows.slice(start, end);
  const { columns, isWide = false } = table;
  const grown = useGrowing({
    of: `${start} ${filter}`,
    rows: shown.length,
    columns: columns.length,
  });
  // Other tables have few cells, and their columns are as wide as what is in them: they would move.
  const rendered = isWide ? shown.slice(0, grown) : shown;
  return (
    <>
      <Table key={start} {...table} rows={rendered} />
      <Pager
        cursors={cursors}
        pageInfo={{ hasNextPage: end < rows.length, endCursor: String(end) }}
        rows={shown.length}
        label={table.caption}
      />
    </>
  );
}
