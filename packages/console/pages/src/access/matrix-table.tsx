import { PagedTable } from '../parts/paged-table.tsx';
import { Empty } from '../parts/states.tsx';
import type { Column } from '../parts/table.tsx';
import { Cell } from './cell.tsx';
import { CountOfMatrix } from './filters.tsx';
import { Requirement } from './marked.tsx';
import { useMatrixFilters } from './matrix-filters.tsx';
import {
  filterMatrix,
  type Matrix,
  type MatrixFilter,
  type MatrixRow,
  typesOf,
} from './matrix-rows.ts';
import { Coordinate } from './views.tsx';

const coordinate: Column<MatrixRow> = {
  head: 'Coordinate',
  isName: true,
  cell: (row) => <Coordinate coordinate={row.coordinate} />,
};

const requirement: Column<MatrixRow> = {
  head: 'Requirement',
  isPinned: true,
  cell: ({ requirement: text }) => <Requirement text={text} />,
};

const toColumn = (head: string, index: number): Column<MatrixRow> => ({
  head,
  cell: (row) => <Cell row={row} column={head} index={index} />,
});

interface MatrixTableProps {
  readonly caption: string;
  readonly matrix: Matrix;
  readonly isStale?: boolean;
}

export function MatrixTable({ matrix, ...table }: MatrixTableProps) {
  const { columns, rows } = matrix;
  const { fields, filter } = useMatrixFilters({ columns, types: typesOf(rows) });
  return (
    <>
      {fields}
      <MatrixRows {...table} matrix={matrix} filter={filter} />
    </>
  );
}

interface MatrixRowsProps extends MatrixTableProps {
  readonly filter: MatrixFilter;
}

/** The rows of a matrix that are looked for. */
export function MatrixRows({ caption, matrix, filter, isStale = false }: MatrixRowsProps) {
  const shown = filterMatrix(matrix, filter);
  return (
    <>
      <CountOfMatrix shown={shown.rows.length} all={matrix.rows.length} />
      {shown.rows.length === 0 ? (
        <Empty>Nothing matches. Choose other filters.</Empty>
      ) : (
        <PagedTable
          filter={JSON.stringify(filter)}
          caption={caption}
          columns={[coordinate, ...shown.columns.map(toColumn), requirement]}
          rows={shown.rows}
          keyOf={({ coordinate }) => coordinate}
          isStale={isStale}
          isWide={matrix.columns.length > 1}
        />
      )}
    </>
  );
}
