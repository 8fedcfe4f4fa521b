import { useMayView } from '../access/use-may-view.ts';
import { useData } from '../data.tsx';
import type { GroupCountsQuery } from '../generated/graphql.ts';
import { GroupTags } from '../parts/group-tags.tsx';
import { Page } from '../parts/page.tsx';
import { Unread } from '../parts/states.tsx';
import { type Column, Table } from '../parts/table.tsx';
import { toHash } from '../route.ts';
import { useAllowed } from '../use-allowed.ts';
import { GroupCountsDocument } from './group-documents.ts';
import { GroupLink } from './group-link.tsx';
import { type GroupFacts, useGroups } from './use-groups.ts';

export function GroupList() {
  const { data: groups, error, refetch } = useGroups();
  const mayView = useMayView();
  const { counts, isCounting } = useCounts();
  return (
    <Page title="Groups">
      {error || groups === undefined || mayView === undefined || isCounting ? (
        <Unread error={error} onRetry={refetch} rows={4} />
      ) : (
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
      )}
    </Page>
  );
}

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
