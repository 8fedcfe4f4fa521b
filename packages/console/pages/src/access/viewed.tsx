import { useData } from '../data.tsx';
import { GroupTags } from '../parts/group-tags.tsx';
import { Empty, Unread } from '../parts/states.tsx';
import { ViewDocument } from './access-documents.ts';
import { countIn } from './matrix-groups.ts';
import { MatrixTable } from './matrix-table.tsx';
import { VerdictTable } from './verdict-table.tsx';

export type Shown = 'fields' | 'operations';

interface ViewedProps {
  /** Null: an anonymous viewer. */
  readonly groups: readonly string[] | null;
  /** What is shown: fields and inputs, or operations of front ends. */
  readonly shown?: Shown;
}

/** What a viewer in some groups can access. */
export function Viewed({ groups, shown = 'fields' }: ViewedProps) {
  const variables = { groups: groups && [...groups] };
  const { data, error, refetch, isPlaceholderData } = useData(ViewDocument, variables, {
    isKept: true,
  });
  if (error || data === undefined) return <Unread error={error} onRetry={refetch} rows={14} />;
  const { consoleView: found } = data;
  if (found === null)
    return <Empty>The schema has not all of these groups: {groups?.join()}.</Empty>;
  const rows = found.rows.map(({ access, ...row }) => ({ ...row, cells: [access] }));
  const counts = countIn(rows, 0);
  return (
    <div className="stack" aria-busy={isPlaceholderData}>
      <dl className="facts">
        <dt>Groups</dt>
        <dd>
          <GroupTags groups={found.groups ?? []} label="Groups in effect" />
        </dd>
        <dt>Rules</dt>
        <dd>
          {counts.open.toLocaleString()} open, {counts.conditional.toLocaleString()} on conditions,{' '}
          {counts.closed.toLocaleString()} closed. {counts.inherited.toLocaleString()} coordinates
          have no rule of their own
        </dd>
      </dl>
      {shown === 'operations' ? (
        <VerdictTable operations={found.operations} problems={found.problems} />
      ) : (
        <MatrixTable
          caption="Access of this viewer"
          matrix={{ columns: ['Access'], rows }}
          isStale={isPlaceholderData}
        />
      )}
    </div>
  );
}
