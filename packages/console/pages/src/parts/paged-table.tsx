import { Pager, useCursors } from './pager.tsx';
import { Table, type TableProps } from './table.tsx';

const pageSize = 100;

/** A table of rows that are all there, shown by pages: it stays quick with thousands. With another key it starts again. */
export function PagedTable<Row>({ rows, ...table }: TableProps<Row>) {
  const cursors = useCursors(table.caption);
  const start = Number(cursors.after ?? 0);
  const end = start + pageSize;
  return (
    <>
      <Table key={start} {...table} rows={rows.slice(start, end)} />
      <Pager
        cursors={cursors}
        pageInfo={{ hasNextPage: end < rows.length, endCursor: String(end) }}
        rows={Math.min(end, rows.length) - start}
        label={table.caption}
      />
    </>
  );
}
