import type { PeopleQuery } from '../generated/graphql.ts';
import { GroupTags } from '../parts/group-tags.tsx';
import { type Column, Table } from '../parts/table.tsx';
import { Time, TimeOr } from '../parts/time.tsx';
import { PersonLink } from '../person/person-link.tsx';
import { UserState } from '../person/user-state.tsx';

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

interface PeopleRowsProps {
  readonly people: readonly Person[];
  readonly withLastSeen: boolean;
  readonly isStale: boolean;
}

export const PeopleRows = ({ people, withLastSeen, isStale }: PeopleRowsProps) => (
  <Table
    caption="Users"
    columns={withLastSeen ? [...columns.slice(0, 2), lastSeen, ...columns.slice(2)] : columns}
    rows={people}
    keyOf={({ id }) => id}
    isStale={isStale}
  />
);
