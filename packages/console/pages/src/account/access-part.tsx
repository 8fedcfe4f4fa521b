import { useViewer } from '@graphql-gatehouse/client/react';
import type { UseQueryResult } from '@tanstack/react-query';
import { useData } from '../data.tsx';
import type { PersonQuery } from '../generated/graphql.ts';
import { GroupLink } from '../groups/group-link.tsx';
import { type GroupFacts, toImplied, useGroups } from '../groups/use-groups.ts';
import { nilId } from '../nil-id.ts';
import { AccessDocument } from '../packages.ts';
import { GroupTags } from '../parts/group-tags.tsx';
import { Empty, Loading, Unread } from '../parts/states.tsx';
import { type Column, Table } from '../parts/table.tsx';
import { Time, TimeOr } from '../parts/time.tsx';
import { GrantedBy } from '../person/granted-by.tsx';
import type { Person } from '../person/person.ts';
import { PersonDocument } from '../person/person-documents.ts';
import { usePages } from '../use-pages.ts';
import type { AccountPermissions } from './account-permissions.ts';
import { MayDo } from './may-do.tsx';
import { type Notice, type NoticeKind, pausedOf } from './notices.ts';
import { useNotices } from './use-notices.ts';

/** The groups of the viewer, why it has them, and what it may do. */
export function AccessPart({ may }: { readonly may: AccountPermissions }) {
  const { principal } = useViewer();
  const isWithMemberships = may.includes('memberships');
  const person = useData(
    PersonDocument,
    { id: principal?.id ?? nilId, withMemberships: true },
    { isEnabled: isWithMemberships },
  );
  const groups = useGroups();
  const access = useData(AccessDocument, {});
  // They are shown together, so that nothing moves when one of them comes later.
  if (person.isLoading || groups.isLoading || access.isLoading) return <Loading />;
  return (
    <>
      <section className="stack" aria-labelledby="own-groups">
        <h2 id="own-groups">Groups</h2>
        {isWithMemberships ? (
          <OwnMemberships person={person} all={groups.data ?? []} />
        ) : (
          <GroupNames />
        )}
      </section>
      <MayDo access={access} />
    </>
  );
}

/** Where the server does not tell who granted them. */
function GroupNames() {
  const { groups } = useViewer();
  const { notices } = useNotices();
  return <GroupTags groups={groups} paused={pausedOf(notices)} />;
}

interface OwnMembershipsProps {
  readonly person: Pick<UseQueryResult<PersonQuery>, 'data' | 'error' | 'refetch'>;
  /** The groups of the schema. */
  readonly all: readonly GroupFacts[];
}

function OwnMemberships({ person: { data, error, refetch }, all }: OwnMembershipsProps) {
  const { groups } = useViewer();
  const { notices } = useNotices();
  const { data: pages = [] } = usePages();
  if (!data?.user) return <Unread error={error} onRetry={refetch} rows={3} />;
  const memberships = data.user.memberships ?? [];
  if (memberships.length === 0) {
    return <Empty>You are in no group. You may do what every user may.</Empty>;
  }
  // Only those who may read the groups of the schema learn what each of them implies.
  const impliedColumn: readonly Column<Membership>[] = pages.includes('groups')
    ? [{ head: 'Implies', cell: ({ group }) => <GroupTags groups={toImplied(all, group)} /> }]
    : [];
  const granted = new Set<string>(memberships.map(({ group }) => group));
  const implied = groups.filter((group) => !granted.has(group));
  return (
    <>
      <Table
        caption="Groups"
        columns={[nameColumn, stateColumn(notices), ...impliedColumn, ...whyColumns]}
        rows={memberships}
        keyOf={({ group, source }) => `${group} ${source ?? ''}`}
      />
      {implied.length > 0 && (
        <div className="actions">
          <span>They also give you:</span>
          <GroupTags groups={implied} label="Implied groups" />
        </div>
      )}
    </>
  );
}

type Membership = NonNullable<Person['memberships']>[number];

const nameColumn: Column<Membership> = {
  head: 'Group',
  isName: true,
  cell: ({ group }) => <GroupLink group={group} />,
};

/** Who gave it, and for how long. */
const whyColumns: readonly Column<Membership>[] = [
  {
    head: 'Given',
    cell: (membership) => (
      <>
        <Time at={membership.grantedAt} /> by <GrantedBy {...membership} />
      </>
    ),
  },
  { head: 'Ends', cell: ({ expiresAt }) => <TimeOr at={expiresAt} none="never" isExact /> },
];

const stateColumn = (notices: readonly Notice[]): Column<Membership> => ({
  head: 'State',
  cell: ({ group }) => {
    const notice = notices.find(({ groups }) => groups.includes(group));
    return notice === undefined ? 'in use' : <span className="warn">{states[notice.kind]}</span>;
  },
});

const states: Readonly<Record<NoticeKind, string>> = {
  closed: 'paused: needs a second factor',
  open: 'paused until you add a second factor',
  prove: 'paused until this session has confirmed your second factor',
  grace: 'in use, but pauses unless you add a second factor',
};
