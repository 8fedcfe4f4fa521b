import { useData } from '../data.tsx';
import type { MatrixQuery } from '../generated/graphql.ts';
import { Unread } from '../parts/states.tsx';
import { Tabs } from '../parts/tabs.tsx';
import { toDay } from '../parts/time.tsx';
import { toHash, useRoute } from '../route.ts';
import { ChangesDocument, MatrixDocument } from './access-documents.ts';
import { AccessView } from './access-view.tsx';
import { ChangesView } from './changes-view.tsx';
import { FieldPanel } from './field-panel.tsx';
import { Legend } from './legend.tsx';
import { useIsOfChanges, useMatrixFilters } from './matrix-filters.tsx';
import type { Grouping } from './matrix-groups.ts';
import { typesOf } from './matrix-rows.ts';
import { ShownMatrix } from './shown-matrix.tsx';
import { CoordinateHash, useAllowedView } from './views.tsx';

export const MatrixView = () => (
  <AccessView shown="fields" beside={<GroupingLinks />}>
    <WholeMatrix />
  </AccessView>
);

/** The access of every kind of viewer. */
function WholeMatrix() {
  const { data, error, refetch } = useData(MatrixDocument, {}, { isKept: true });
  const { query } = useRoute();
  if (error || data === undefined) return <Unread error={error} onRetry={refetch} rows={14} />;
  const { consoleMatrix: matrix } = data;
  const coordinate = query.get('field');
  const toFieldHash = (field?: string) =>
    toHash(['access', 'matrix'], { ...Object.fromEntries(query), field });
  return (
    <CoordinateHash value={toFieldHash}>
      <div className={coordinate === null ? undefined : 'with-panel'}>
        <div>
          <FilteredMatrix matrix={matrix} />
          <Legend notes={matrix.notes} />
        </div>
        {coordinate !== null && (
          <FieldPanel matrix={matrix} coordinate={coordinate} closeHash={toFieldHash()} />
        )}
      </div>
    </CoordinateHash>
  );
}

/** The matrix with its filters, or what changed in it. */
function FilteredMatrix({ matrix }: { readonly matrix: ReadMatrix }) {
  const mayCompare = useAllowedView('changes');
  const isOfChanges = useIsOfChanges() && mayCompare;
  const grouping = useGrouping();
  const read = useData(ChangesDocument, {}, { isEnabled: mayCompare, isKept: true });
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
        <ShownMatrix matrix={matrix} filter={filter} grouping={grouping} />
      )}
    </>
  );
}

type ReadMatrix = MatrixQuery['consoleMatrix'];

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
  const isOfChanges = useIsOfChanges();
  if (isOfChanges) return null;
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

const describeChange = (since: string | undefined): string =>
  since === undefined ? 'Only what changed' : `Since ${toDay(since)}`;
