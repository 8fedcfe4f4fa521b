import { useMayView } from '../access/use-may-view.ts';
import { GroupTags } from '../parts/group-tags.tsx';
import { Page } from '../parts/page.tsx';
import { Unread } from '../parts/states.tsx';
import { type Column, Table } from '../parts/table.tsx';
import { toHash } from '../route.ts';
import { GroupLink } from './group-link.tsx';
import { type GroupFacts, useGroups } from './use-groups.ts';

export function GroupList() {
  const { data: groups, error, refetch } = useGroups();
  const mayView = useMayView();
  return (
    <Page title="Groups">
      {error || groups === undefined || mayView === undefined ? (
        <Unread error={error} onRetry={refetch} rows={4} />
      ) : (
        <Table
          caption="Groups"
          columns={mayView ? [...columns, accessColumn] : columns}
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

const accessColumn: Column<GroupFacts> = {
  head: 'Access',
  align: 'end',
  cell: ({ name }) => (
    <a href={toHash(['groups', name, 'access'])} aria-label={`Access of ${name}`}>
      Access
    </a>
  ),
};
