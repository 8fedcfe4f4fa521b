import { PagedTable } from '../parts/paged-table.tsx';
import { Empty } from '../parts/states.tsx';
import type { Column } from '../parts/table.tsx';
import { type ChangedRow, type ChangedRows, filterChanges } from './change-rows.ts';
import { Changed } from './changed.tsx';
import { Count } from './filters.tsx';
import { Access, Requirement } from './marked.tsx';
import { useMatrixFilters } from './matrix-filters.tsx';
import { typesOf } from './matrix-rows.ts';
import { Coordinate, CoordinateText } from './views.tsx';
import { toWords } from './words.ts';

const coordinate: Column<ChangedRow> = {
  head: 'Coordinate',
  isName: true,
  cell: ({ coordinate: name, was, now }) => (
    <span className="depends">
      {now === null ? <CoordinateText coordinate={name} /> : <Coordinate coordinate={name} />}{' '}
      {was === null && <span className="tag">new</span>}
      {now === null && <span className="tag">removed</span>}
    </span>
  ),
};

const requirement: Column<ChangedRow> = {
  head: 'Requirement',
  size: 'long',
  cell: ({ was, now }) => (
    <Changed
      was={was?.requirement}
      now={now?.requirement}
      show={(text) => <Requirement text={text} />}
    />
  ),
};

const toColumn = (head: string, index: number): Column<ChangedRow> => ({
  head,
  cell: ({ was, now }) => (
    <Changed
      was={was?.cells[index]}
      now={now?.cells[index]}
      show={(access) => <Access access={access} />}
      showFormer={(access) => (access === '' ? 'as its parent' : toWords(access).short)}
    />
  ),
});

/** Of many columns, most are out of sight on a narrow screen: what changes most often comes first. */
const inOrder = (columns: readonly Column<ChangedRow>[]): readonly Column<ChangedRow>[] =>
  columns.length > 1 ? [requirement, ...columns] : [...columns, requirement];

/** The changed rows that are looked for, as they were and as they are. */
export function ChangeTable({ changes }: { readonly changes: ChangedRows }) {
  // Removed groups and types can be chosen too.
  const { fields, filter } = useMatrixFilters({
    columns: changes.columns,
    types: typesOf(changes.rows),
    isOfChanges: true,
  });
  const { columns, rows } = filterChanges(changes, filter);
  return (
    <>
      {fields}
      <Count shown={rows.length} all={changes.rows.length} />
      {rows.length === 0 ? (
        <Empty>No changed row is like this. Choose other filters.</Empty>
      ) : (
        <PagedTable
          filter={JSON.stringify(filter)}
          caption="Changes of the access matrix"
          columns={[coordinate, ...inOrder(columns.map(toColumn))]}
          rows={rows}
          keyOf={({ coordinate: name }) => name}
          isWide
        />
      )}
    </>
  );
}
