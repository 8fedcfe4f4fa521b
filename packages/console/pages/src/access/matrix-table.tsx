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

const toColumn = (name: string, index: number, head = name): Column<MatrixRow> => ({
  head,
  cell: (row) => <Cell row={row} column={name} index={index} />,
});

interface MatrixTableProps {
  readonly caption: string;
  readonly matrix: Matrix;
  readonly isStale?: boolean;
}

/** A matrix with its filters. */
export function MatrixTable({ matrix, ...table }: MatrixTableProps) {
  const { columns, rows } = matrix;
  const { fields, filter } = useMatrixFilters({ columns, types: typesOf(rows) });
  const shown = filterMatrix(matrix, filter);
  return (
    <>
      {fields}
      <CountOfMatrix shown={shown.rows.length} all={rows.length} />
      <MatrixRows {...table} matrix={shown} filter={filter} />
    </>
  );
}

interface MatrixRowsProps extends MatrixTableProps {
  /** Of the columns. Default: their names. */
  readonly heads?: readonly string[];
  readonly filter: MatrixFilter;
  readonly isWide?: boolean;
}

/** The rows of a matrix that were looked for. */
export const MatrixRows = ({
  matrix: { columns, rows },
  heads = columns,
  filter,
  ...table
}: MatrixRowsProps) =>
  rows.length === 0 ? (
    <Empty>Nothing matches. Choose other filters.</Empty>
  ) : (
    <PagedTable
      {...table}
      filter={JSON.stringify(filter)}
      columns={[
        coordinate,
        ...columns.map((name, index) => toColumn(name, index, heads[index])),
        requirement,
      ]}
      rows={rows}
      keyOf={(row) => row.coordinate}
    />
  );
