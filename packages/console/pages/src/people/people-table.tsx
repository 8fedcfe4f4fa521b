import { useData } from '../data.tsx';
import type { PeopleQuery } from '../generated/graphql.ts';
import { GroupTags } from '../parts/group-tags.tsx';
import { Pager, type useCursors } from '../parts/pager.tsx';
import { Empty, Unread } from '../parts/states.tsx';
import { type Column, Table } from '../parts/table.tsx';
import { Time, TimeOr } from '../parts/time.tsx';
import { PersonLink } from '../person/person-link.tsx';
import { UserState } from '../person/user-state.tsx';
import { PeopleDocument } from './people-documents.ts';

type Person = PeopleQuery['users']['edges'][number]['node'];

const columns: readonly Column<Person>[] = [
  { head: 'Name', isName: true, cell: (person) => <PersonLink person={person} /> },
  { head: 'Groups', cell: ({ groups }) => <GroupTags groups={groups} /> },
  { head: 'Created', cell: ({ createdAt }) => <Time at={createdAt} /> },
  { head: 'State', cell: ({ disabledAt }) => <UserState disabledAt={disabledAt} /> },
];

const lastSeen: Column<Person> = {
  head: 'Last seen',
  cell: ({ lastSeenAt }) => <TimeOr at={lastSeenAt} none="not in the last week" />,
};

interface PeopleTableProps {
  readonly search: string;
  readonly includesDisabled: boolean;
  readonly withLastSeen: boolean;
  readonly cursors: ReturnType<typeof useCursors>;
}

export function PeopleTable({ search, includesDisabled, withLastSeen, cursors }: PeopleTableProps) {
  const { data, error, isPlaceholderData, refetch } = useData(PeopleDocument, {
    search: search || null,
    after: cursors.after ?? null,
    // A viewer who may not say it is refused even for saying no.
    ...(includesDisabled && { includeDisabled: true }),
    withLastSeen,
  });
  if (error || data === undefined) return <Unread error={error} onRetry={refetch} rows={10} />;
  const { edges, pageInfo, searchedBy, isComplete } = data.users;
  return (
    <>
      <p className="hint quiet" role="status">
        {describeSearch(search, searchedBy)}
        {isComplete || ' More than a thousand do, and some are not listed: type more of the name.'}
      </p>
      {edges.length === 0 ? (
        <Empty>{isComplete ? emptyText(search) : 'None of them is among the next users.'}</Empty>
      ) : (
        <Table
          caption="Users"
          columns={withLastSeen ? [...columns.slice(0, 2), lastSeen, ...columns.slice(2)] : columns}
          rows={edges.map(({ node }) => node)}
          keyOf={({ id }) => id}
          isStale={isPlaceholderData}
        />
      )}
      <Pager cursors={cursors} pageInfo={pageInfo} label="users" />
    </>
  );
}

const emptyText = (search: string): string =>
  search ? 'No user has such a name.' : 'There are no users.';

/** Says how the server has compared the names. */
function describeSearch(search: string, searchedBy: PeopleQuery['users']['searchedBy']): string {
  if (searchedBy === 'CONTAINS') return `User names and display names that contain “${search}”.`;
  if (searchedBy === 'BEGINS_WITH') {
    return `User names and display names that begin with “${search}”.`;
  }
  return 'All users, the oldest first.';
}
