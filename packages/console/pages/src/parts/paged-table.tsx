import { Pager, useCursors } from './pager.tsx';
import { Table, type TableProps } from './table.tsx';

const pageSize = 100;

/** A table of rows that are all there, shown by pages: it stays quick with thousands. With another key it starts again. */
export function PagedTable<Row>({ rows, ...table }: TableProps<Row>) {
  // With other filters there are other rows, from the first page.
  const cursors = useCursors(`${table.caption} ${rows.length}`);
  const start = Number(cursors.after ?? 0);
  const end = start + pageSize;
  const shown = rows.slice(start, end);
  return (
    <>
      <Table key={start} {...table} rows={shown} />
      <Pager
        cursors={cursors}
        pageInfo={{ hasNextPage: end < rows.length, endCursor: String(end) }}
        rows={shown.length}
        label={table.caption}
      />
    </>
  );
}
