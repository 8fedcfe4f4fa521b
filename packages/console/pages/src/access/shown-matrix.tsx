import { type ReactNode, useMemo } from 'react';
import type { GroupFacts } from '../groups/use-groups.ts';
import { Empty } from '../parts/states.tsx';
import { ExportMatrix } from './export-matrix.tsx';
import { CountOfMatrix } from './filters.tsx';
import { MatrixByRule, MatrixByType } from './grouped-matrix.tsx';
import { type Grouping, groupByType } from './matrix-groups.ts';
import { compareColumns, filterMatrix, type Matrix, type MatrixFilter } from './matrix-rows.ts';
import { MatrixRows } from './matrix-table.tsx';
import { headsOf } from './viewer-order.ts';

interface ShownMatrixProps {
  readonly matrix: Matrix & { readonly projectTypes: readonly string[] };
  readonly filter: MatrixFilter;
  readonly grouping: Grouping;
  readonly groups: readonly GroupFacts[];
  /** What stands beside the count of rows. */
  readonly children: ReactNode;
}

/** Of so few cells, all are shown at once. */
const fewCells = 480;

/** The rows of the matrix that are looked for, grouped, and what can be done with them. */
export function ShownMatrix({ matrix, filter, grouping, groups, children }: ShownMatrixProps) {
  const wanted = JSON.stringify(filter);
  const { shown, types, inherited } = useMemo(() => {
    const found = filterMatrix(matrix, filter);
    return {
      shown: found,
      types: groupByType(found.rows, matrix.projectTypes),
      inherited: filter.isWhole ? new Map<string, number>() : countInherited(matrix),
    };
  }, [matrix, wanted]);
  const { viewer, other } = filter;
  const isSearch = Object.entries(filter).some(
    ([name, value]) => name !== 'viewers' && value !== undefined && value !== '',
  );
  const heads = headsOf(shown.columns, groups);
  return (
    <>
      {viewer !== undefined && other !== undefined && (
        <p role="status">{compareColumns(shown, viewer, other)}</p>
      )}
      <CountOfMatrix shown={shown.rows.length} all={matrix.rows.length}>
        {children}
      </CountOfMatrix>
      {grouping === 'field' ? (
        <MatrixRows caption="Access matrix" matrix={shown} heads={heads} filter={filter} isWide />
      ) : shown.rows.length === 0 ? (
        <Empty>Nothing matches. Choose other filters.</Empty>
      ) : grouping === 'rule' ? (
        <MatrixByRule matrix={shown} heads={heads} />
      ) : (
        <MatrixByType
          matrix={shown}
          heads={heads}
          types={types}
          isWhole={isSearch && shown.rows.length * shown.columns.length <= fewCells}
          inherited={inherited}
        />
      )}
      <ExportMatrix matrix={shown} all={matrix} />
    </>
  );
}

/** Counts the rows without a rule of their own, by type. */
function countInherited({ rows }: Matrix): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { typeName, cells } of rows) {
    if (cells.every((cell) => cell === '')) counts.set(typeName, (counts.get(typeName) ?? 0) + 1);
  }
  return counts;
}
