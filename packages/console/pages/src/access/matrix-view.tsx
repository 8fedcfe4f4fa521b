import { useData } from '../data.tsx';
import type { MatrixQuery } from '../generated/graphql.ts';
import { type GroupFacts, useGroups } from '../groups/use-groups.ts';
import { Unread } from '../parts/states.tsx';
import { Tabs } from '../parts/tabs.tsx';
import { toHash, useRoute } from '../route.ts';
import { MatrixDocument } from './access-documents.ts';
import { AccessView } from './access-view.tsx';
import { FieldPanel } from './field-panel.tsx';
import { Legend } from './legend.tsx';
import { useMatrixFilters } from './matrix-filters.tsx';
import type { Grouping } from './matrix-groups.ts';
import { typesOf } from './matrix-rows.ts';
import { ShownMatrix } from './shown-matrix.tsx';
import { orderColumns } from './viewer-order.ts';
import { Viewers } from './viewers.tsx';
import { CoordinateHash } from './views.tsx';

export const MatrixView = () => (
  <AccessView shown="fields" beside={<GroupingLinks />}>
    <WholeMatrix />
  </AccessView>
);

/** The access of every kind of viewer. */
function WholeMatrix() {
  const { data, error, refetch } = useData(MatrixDocument, {}, { isKept: true });
  const { data: groups } = useGroups();
  const { query } = useRoute();
  if (error || data === undefined || groups === undefined)
    return <Unread error={error} onRetry={refetch} rows={14} />;
  const { consoleMatrix: matrix } = data;
  const coordinate = query.get('field');
  const toFieldHash = (field?: string) =>
    toHash(['access', 'matrix'], { ...Object.fromEntries(query), field });
  return (
    <CoordinateHash value={toFieldHash}>
      <div className={coordinate === null ? undefined : 'with-panel'}>
        <div>
          <FilteredMatrix matrix={matrix} groups={groups} />
          <Legend notes={matrix.notes} />
        </div>
        {coordinate !== null && (
          <FieldPanel matrix={matrix} coordinate={coordinate} closeHash={toFieldHash()} />
        )}
      </div>
    </CoordinateHash>
  );
}

interface FilteredMatrixProps {
  readonly matrix: MatrixQuery['consoleMatrix'];
  readonly groups: readonly GroupFacts[];
}

/** The matrix with its filters. */
function FilteredMatrix({ matrix, groups }: FilteredMatrixProps) {
  const columns = orderColumns(matrix.columns, groups);
  const { fields, filter } = useMatrixFilters({ columns, types: typesOf(matrix.rows) });
  return (
    <>
      {fields}
      <ShownMatrix matrix={matrix} filter={filter} grouping={useGrouping()} groups={groups}>
        <Viewers columns={columns} />
      </ShownMatrix>
    </>
  );
}

const groupings: readonly { readonly name: Grouping; readonly text: string }[] = [
  { name: 'type', text: 'By type' },
  { name: 'rule', text: 'By rule' },
  { name: 'field', text: 'By field' },
];

function useGrouping(): Grouping {
  const named = useRoute().query.get('by');
  return groupings.find(({ name }) => name === named)?.name ?? 'type';
}

/** Links to the same rows, grouped in another way. */
function GroupingLinks() {
  const { query } = useRoute();
  const current = useGrouping();
  return (
    <Tabs
      label="Grouping"
      tabs={groupings.map(({ name, text }) => ({
        text,
        href: toHash(['access', 'matrix'], { ...Object.fromEntries(query), by: name }),
        isCurrent: name === current,
      }))}
    />
  );
}
