import { Pager, useCursors } from './pager.tsx';
import { Table, type TableProps } from './table.tsx';
import { useGrowing } from './use-growing.ts';

const pageSize = 100;

/** A table of rows that are all there, shown by pages: it stays quick with thousands. With another key it starts again. */
export function PagedTable<Row>({ rows, ...table }: TableProps<Row>) {
  const cursors = useCursors(table.caption);
  const start = Number(cursors.after ?? 0);
  const end = start + pageSize;
  const shown = rows.slice(start, end);
  const grown = useGrowing({ of: start, rows: shown.length, columns: table.columns.length });
  return (
    <>
      <Table key={start} {...table} rows={shown.slice(0, grown)} />
      <Pager
        cursors={cursors}
        pageInfo={{ hasNextPage: end < rows.length, endCursor: String(end) }}
        rows={Math.min(end, rows.length) - start}
        label={table.caption}
      />
    </>
  );
}
