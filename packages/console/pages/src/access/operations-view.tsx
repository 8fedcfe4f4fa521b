import { useData } from '../data.tsx';
import type { OperationsQuery } from '../generated/graphql.ts';
import { PagedTable } from '../parts/paged-table.tsx';
import { Empty, Unread } from '../parts/states.tsx';
import type { Column } from '../parts/table.tsx';
import { useRoute } from '../route.ts';
import { OperationsDocument } from './access-documents.ts';
import { AccessView } from './access-view.tsx';
import { FileProblems } from './file-problems.tsx';
import { Choice, Count, Filters, useText } from './filters.tsx';
import { Outcome } from './marked.tsx';
import { filterOperations, outcomes, type RegisteredOperation } from './registered-operations.ts';
import { CoordinateText } from './views.tsx';

/** The operations of front ends, and what each kind of viewer gets. */
export const OperationsView = () => (
  <AccessView shown="operations">
    <AllOperations />
  </AccessView>
);

/** What every kind of viewer gets. */
function AllOperations() {
  const { data, error, refetch } = useData(OperationsDocument, {}, { isKept: true });
  if (error || data === undefined) return <Unread error={error} onRetry={refetch} rows={14} />;
  const { consoleOperations: found } = data;
  return (
    <>
      <FileProblems problems={found.problems} />
      {found.files.length === 0 ? (
        <Empty>
          The configuration names no files with operations: see <code>files</code> of{' '}
          <code>operations</code> in gatehouse.config.ts.
        </Empty>
      ) : (
        <Registry {...found} />
      )}
    </>
  );
}

function Registry({ columns, files }: OperationsQuery['consoleOperations']) {
  const { query } = useRoute();
  const { text, field } = useText();
  const filter = {
    text,
    viewer: columns.find((column) => column === query.get('viewer')),
    outcome: outcomes.find(({ value }) => value === query.get('outcome'))?.value,
  };
  const all = files.flatMap(({ name: file, operations }) =>
    operations.map((operation) => ({ file, ...operation })),
  );
  const shown = filterOperations({ columns, operations: all }, filter);
  return (
    <>
      <Filters label="Filters of operations">
        {field}
        <Choice name="viewer" label="Viewer" none="All viewers" options={columns} />
        <Choice name="outcome" label="Result" none="Anything" options={outcomes} />
      </Filters>
      <Count shown={shown.operations.length} all={all.length} />
      {shown.operations.length === 0 ? (
        <Empty>No operation is like this. Choose other filters.</Empty>
      ) : (
        <PagedTable
          filter={JSON.stringify(filter)}
          caption="Operations of front ends"
          columns={[
            name,
            ...shown.columns.map(toColumn),
            cost,
            ...(all.some((operation) => operation.deprecated.length > 0) ? [deprecated] : []),
            ...(files.length > 1 ? [inFile] : []),
          ]}
          rows={shown.operations}
          keyOf={({ file, name: of }) => `${file} ${of}`}
          isWide
        />
      )}
    </>
  );
}

type OperationColumn = Column<RegisteredOperation>;

const name: OperationColumn = {
  head: 'Operation',
  isName: true,
  cell: ({ name: text, verdicts }) => {
    const [coordinate, ...others] = refusingOf(verdicts);
    return (
      <>
        <code>{text}</code>
        {coordinate !== undefined && others.length === 0 && (
          <div className="quiet">
            denied at <CoordinateText coordinate={coordinate} />
          </div>
        )}
      </>
    );
  },
};
/** The coordinates that refuse viewers: mostly one, for all of them. */
const refusingOf = (verdicts: readonly string[]): readonly string[] => [
  ...new Set(verdicts.flatMap((verdict) => /^refused: (.+)$/.exec(verdict)?.slice(1) ?? [])),
];

const toColumn = (head: string, index: number): OperationColumn => ({
  head,
  cell: ({ verdicts }) => <Outcome text={verdicts[index] ?? ''} />,
});
const cost: OperationColumn = {
  head: 'Cost',
  align: 'end',
  cell: (operation) => operation.cost.toLocaleString(),
};
const deprecated: OperationColumn = {
  head: 'Deprecated',
  size: 'long',
  cell: (operation) => operation.deprecated.join(', '),
};
const inFile: OperationColumn = {
  head: 'File',
  size: 'long',
  cell: ({ file }) => file,
};
