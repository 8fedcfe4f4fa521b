import { useData } from '../data.tsx';
import type { MembersQuery } from '../generated/graphql.ts';
import { GroupTags } from '../parts/group-tags.tsx';
import { Pager, useCursors } from '../parts/pager.tsx';
import { Empty, Unread } from '../parts/states.tsx';
import { type Column, Table } from '../parts/table.tsx';
import { Time } from '../parts/time.tsx';
import { PersonLink } from '../person/person-link.tsx';
import { UserState } from '../person/user-state.tsx';
import { useAllowed } from '../use-allowed.ts';
import { MembersDocument } from './group-documents.ts';

type Member = MembersQuery['members']['edges'][number]['node'];

/** The users to whom a group was granted, disabled ones too, for those who may read that. */
export function MembersPart({ group }: { readonly group: string }) {
  const {
    data: may,
    error,
    refetch,
  } = useAllowed('members', new Map([['read', [{ run: MembersDocument, variables: { group } }]]]));
  if (error || may === undefined) return <Unread error={error} onRetry={refetch} />;
  if (!may.includes('read')) return null;
  return (
    <section className="stack" aria-labelledby="members">
      <h2 id="members">Members</h2>
      <MemberTable group={group} />
    </section>
  );
}

function MemberTable({ group }: { readonly group: string }) {
  const cursors = useCursors();
  const { data, error, isPlaceholderData, refetch } = useData(MembersDocument, {
    group,
    after: cursors.after ?? null,
  });
  if (error || data === undefined) return <Unread error={error} onRetry={refetch} />;
  const { edges, pageInfo } = data.members;
  return (
    <>
      {edges.length === 0 ? (
        <Empty>The group was granted to no user.</Empty>
      ) : (
        <Table
          caption={`Members of ${group}`}
          columns={columns}
          rows={edges.map(({ node }) => node)}
          keyOf={({ id }) => id}
          isStale={isPlaceholderData}
        />
      )}
      <Pager cursors={cursors} pageInfo={pageInfo} label="members" />
    </>
  );
}

const columns: readonly Column<Member>[] = [
  { head: 'Name', isName: true, cell: (person) => <PersonLink person={person} /> },
  { head: 'Groups', cell: ({ groups }) => <GroupTags groups={groups} /> },
  { head: 'Created', cell: ({ createdAt }) => <Time at={createdAt} /> },
  { head: 'State', cell: ({ disabledAt }) => <UserState disabledAt={disabledAt} /> },
];
