import { useMayView } from '../access/use-may-view.ts';
import { useData } from '../data.tsx';
import type { GroupCountsQuery } from '../generated/graphql.ts';
import { GroupTags } from '../parts/group-tags.tsx';
import { Page } from '../parts/page.tsx';
import { Unread } from '../parts/states.tsx';
import { type Column, Table } from '../parts/table.tsx';
import { useDialog } from '../parts/use-dialog.ts';
import { ProgramsDocument } from '../programs/program-documents.ts';
import { toHash } from '../route.ts';
import { type Need, useAllowed } from '../use-allowed.ts';
import { ExportMembersDialog } from './export-members-dialog.tsx';
import { ExportMembersDocument, GroupCountsDocument } from './group-documents.ts';
import { GroupLink } from './group-link.tsx';
import { type GroupFacts, useGroups } from './use-groups.ts';

export function GroupList() {
  const { data: groups, error, refetch } = useGroups();
  const mayView = useMayView();
  const { counts, isCounting } = useCounts();
  const { data: may, isError } = useAllowed('export of members', exportNeeds);
  const { dialog, open } = useDialog();
  const isKnown = mayView !== undefined && !isCounting && (may !== undefined || isError);
  const isShown = !error && groups !== undefined && isKnown;
  const openExport = (of: readonly GroupFacts[]) =>
    open((onClose) => (
      <ExportMembersDialog
        groups={of.map(({ name }) => name)}
        withPrograms={may?.includes('programs') ?? false}
        onClose={onClose}
      />
    ));
  return (
    <Page
      title="Groups"
      actions={
        isShown && may?.includes('export') ? (
          <button type="button" onClick={() => openExport(groups)}>
            Export members
          </button>
        ) : undefined
      }
    >
      {isShown ? (
        <Table
          caption="Groups"
          columns={[
            ...columns,
            ...(counts === undefined ? [] : toColumns(counts)),
            ...(mayView ? [accessColumn] : []),
          ]}
          rows={groups}
          keyOf={({ name }) => name}
        />
      ) : (
        <Unread error={error} onRetry={refetch} rows={4} />
      )}
      {dialog}
    </Page>
  );
}

const exportNeeds: ReadonlyMap<'export' | 'programs', readonly Need[]> = new Map([
  ['export', [{ run: ExportMembersDocument, variables: { group: '' } }]],
  ['programs', [{ run: ProgramsDocument }]],
]);

const columns: readonly Column<GroupFacts>[] = [
  {
    head: 'Group',
    isName: true,
    cell: ({ name }) => <GroupLink group={name} />,
  },
  { head: 'Meaning', cell: ({ description }) => description },
  {
    head: 'Implies',
    cell: ({ name, implies }) => <GroupTags groups={implies} label={`Implied by ${name}`} />,
  },
];

type Counts = GroupCountsQuery['consoleGroups'];

/** Reads how many members each group has, for those who may. */
function useCounts() {
  const { data: may, isError } = useAllowed(
    'group counts',
    new Map([['read', [{ run: GroupCountsDocument }]]]),
  );
  const { data, isLoading } = useData(
    GroupCountsDocument,
    {},
    { isEnabled: may?.includes('read') ?? false },
  );
  return { counts: data?.consoleGroups, isCounting: (may === undefined && !isError) || isLoading };
}

const toText = (count: number | null = 0): string =>
  count === null ? 'more than 1,000' : count.toLocaleString('en');

function toColumns(counts: Counts): readonly Column<GroupFacts>[] {
  const of = (group: GroupFacts) => counts.find(({ name }) => name === group.name);
  return [
    { head: 'Members', align: 'end', size: 'short', cell: (group) => toText(of(group)?.members) },
    {
      head: 'End within 7 days',
      align: 'end',
      size: 'short',
      cell: (group) => toText(of(group)?.ending),
    },
  ];
}

const accessColumn: Column<GroupFacts> = {
  head: 'Access',
  align: 'end',
  cell: ({ name }) => (
    <a href={toHash(['groups', name, 'access'])} aria-label={`Access of ${name}`}>
      Access
    </a>
  ),
};
