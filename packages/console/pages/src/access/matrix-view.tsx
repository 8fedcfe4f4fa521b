import { useData } from '../data.tsx';
import { Unread } from '../parts/states.tsx';
import { toDay } from '../parts/time.tsx';
import { ChangesDocument, MatrixDocument } from './access-documents.ts';
import { ChangesView } from './changes-view.tsx';
import { Legend } from './legend.tsx';
import { useIsOfChanges, useMatrixFilters } from './matrix-filters.tsx';
import { type Matrix, typesOf } from './matrix-rows.ts';
import { MatrixRows } from './matrix-table.tsx';
import { useViewedKind, ViewBar, ViewedAs } from './view-bar.tsx';
import { useAllowedView } from './views.tsx';

export function MatrixView() {
  const kind = useViewedKind();
  return (
    <>
      <ViewBar />
      {kind === undefined ? <WholeMatrix /> : <ViewedAs kind={kind} shown="fields" />}
    </>
  );
}

/** The access of every kind of viewer. */
function WholeMatrix() {
  const { data, error, refetch } = useData(MatrixDocument, {}, { isOfSchema: true });
  if (error || data === undefined) return <Unread error={error} onRetry={refetch} rows={14} />;
  return (
    <>
      <FilteredMatrix matrix={data.consoleMatrix} />
      <Legend notes={data.consoleMatrix.notes} />
    </>
  );
}

/** The matrix with its filters, or what changed in it. */
function FilteredMatrix({ matrix }: { readonly matrix: Matrix }) {
  const mayCompare = useAllowedView('changes');
  const isOfChanges = useIsOfChanges() && mayCompare;
  const read = useData(ChangesDocument, {}, { isEnabled: mayCompare, isOfSchema: true });
  const since = read.data?.consoleChanges?.since;
  // Removed groups and types can be chosen too.
  const changes = isOfChanges ? read.data?.consoleChanges : undefined;
  const { fields, filter } = useMatrixFilters({
    columns: changes?.columns ?? matrix.columns,
    types: typesOf([...matrix.rows, ...(changes?.rows ?? [])]),
    change: mayCompare ? describeChange(since) : undefined,
    isOfChanges,
  });
  return (
    <>
      {fields}
      {isOfChanges ? (
        <ChangesView read={read} filter={filter} />
      ) : (
        <MatrixRows caption="Access matrix" matrix={matrix} filter={filter} />
      )}
    </>
  );
}

const describeChange = (since: string | undefined): string =>
  since === undefined ? 'Only what changed' : `Since ${toDay(since)}`;
