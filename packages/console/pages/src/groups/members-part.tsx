import { useData } from '../data.tsx';
import type { MembersQuery } from '../generated/graphql.ts';
import { Pager, useCursors } from '../parts/pager.tsx';
import { Empty, Unread } from '../parts/states.tsx';
import { type Column, Table } from '../parts/table.tsx';
import { TimeOr } from '../parts/time.tsx';
import { GrantedBy } from '../person/granted-by.tsx';
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
  } = useAllowed(
    'members',
    new Map([
      ['read', [{ run: MembersDocument, variables: { group } }]],
      ['memberships', [{ run: MembersDocument, variables: { group, withMemberships: true } }]],
    ]),
  );
  if (error || may === undefined) return <Unread error={error} onRetry={refetch} />;
  if (!may.includes('read')) return null;
  return (
    <section className="stack" aria-labelledby="members">
      <h2 id="members">Members</h2>
      <MemberTable group={group} withMemberships={may.includes('memberships')} />
    </section>
  );
}

interface MemberTableProps {
  readonly group: string;
  /** Whether the viewer may read who granted the group, and until when. */
  readonly withMemberships: boolean;
}

export function MemberTable({ group, withMemberships }: MemberTableProps) {
  const cursors = useCursors('members', group);
  const { data, error, isPlaceholderData, refetch } = useData(MembersDocument, {
    group,
    after: cursors.after ?? null,
    withMemberships,
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
          columns={withMemberships ? [name, ...toColumns(group), state] : [name, state]}
          rows={edges.map(({ node }) => node)}
          keyOf={({ id }) => id}
          isStale={isPlaceholderData}
        />
      )}
      <Pager cursors={cursors} pageInfo={pageInfo} rows={edges.length} label="members" />
    </>
  );
}

const name: Column<Member> = {
  head: 'Name',
  isName: true,
  cell: (person) => <PersonLink person={person} />,
};

const state: Column<Member> = {
  head: 'State',
  cell: ({ disabledAt }) => <UserState disabledAt={disabledAt} />,
};

/** Who granted the group, when, and until when. */
function toColumns(group: string): readonly Column<Member>[] {
  const membershipOf = ({ memberships }: Member) =>
    memberships?.find((membership) => membership.group === group);
  return [
    { head: 'Granted', cell: (member) => <TimeOr at={membershipOf(member)?.grantedAt} none="" /> },
    {
      head: 'By',
      cell: (member) => {
        const membership = membershipOf(member);
        return membership && <GrantedBy {...membership} />;
      },
    },
    {
      head: 'Ends',
      cell: (member) => <TimeOr at={membershipOf(member)?.expiresAt} none="never" isExact />,
    },
  ];
}
