import { PagedTable } from '../parts/paged-table.tsx';
import { Empty } from '../parts/states.tsx';
import type { Column } from '../parts/table.tsx';
import { Count } from './filters.tsx';
import { Access } from './marked.tsx';
import { useMatrixFilters } from './matrix-filters.tsx';
import type { Matrix, MatrixRow } from './matrix-rows.ts';
import { Coordinate } from './views.tsx';

const first: readonly Column<MatrixRow>[] = [
  {
    head: 'Coordinate',
    isName: true,
    cell: ({ coordinate }) => <Coordinate coordinate={coordinate} />,
  },
];

const requirement: Column<MatrixRow> = {
  head: 'Requirement',
  cell: ({ requirement: text }) =>
    text.startsWith('@') ? <code>{text}</code> : <span className="quiet">{text}</span>,
};

const toColumn = (head: string, index: number): Column<MatrixRow> => ({
  head,
  cell: ({ cells, depends = false }) => (
    <span className="depends">
      <Access access={cells[index] ?? ''} />
      {depends && <span className="tag">depends on data</span>}
    </span>
  ),
});

interface MatrixTableProps {
  readonly caption: string;
  readonly matrix: Matrix;
  readonly isStale?: boolean;
}

/** A matrix with its filters. */
export function MatrixTable({ caption, matrix, isStale = false }: MatrixTableProps) {
  const { fields, shown, key } = useMatrixFilters(matrix);
  return (
    <>
      {fields}
      <Count shown={shown.rows.length} all={matrix.rows.length} />
      {shown.rows.length === 0 ? (
        <Empty>No row is like this. Choose other filters.</Empty>
      ) : (
        <PagedTable
          key={key}
          caption={caption}
          columns={[...first, ...shown.columns.map(toColumn), requirement]}
          rows={shown.rows}
          keyOf={({ coordinate }) => coordinate}
          isStale={isStale}
          isWide={matrix.columns.length > 1}
        />
      )}
    </>
  );
}
