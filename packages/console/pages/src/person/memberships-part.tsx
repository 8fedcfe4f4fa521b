import { GroupLink } from '../groups/group-link.tsx';
import { toImplied, useGroups } from '../groups/use-groups.ts';
import { GroupTags } from '../parts/group-tags.tsx';
import { Empty, Loading } from '../parts/states.tsx';
import { type Column, Table } from '../parts/table.tsx';
import { Time, TimeOr } from '../parts/time.tsx';
import { useDialog } from '../parts/use-dialog.ts';
import { GrantDialog } from './grant-dialog.tsx';
import { useGroupPermissions, useMayGrant } from './group-permissions.ts';
import type { Person } from './person.ts';
import { PersonLink } from './person-link.tsx';
import { RevokeDialog } from './revoke-dialog.tsx';
import { useIsOwn } from './use-is-own.ts';

type Membership = NonNullable<Person['memberships']>[number];

/** The groups of a user, with those that may be granted and revoked. */
export function MembershipsPart({ person }: { readonly person: Person }) {
  const { dialog, open } = useDialog();
  const { memberships } = person;
  const { data: groups = [] } = useGroups();
  const names = groups.map(({ name }) => name);
  const mayGrant = useMayGrant(person.id, names);
  const held = memberships?.map(({ group }) => group) ?? [];
  const isOwn = useIsOwn(person);
  const revocable = useGroupPermissions('revoke', person.id, isOwn ? [] : held);
  if (names.length === 0 || revocable === undefined) return <Loading rows={3} />;
  const revoke = ({ group }: Membership) =>
    open((onClose) => <RevokeDialog person={person} group={group} onClose={onClose} />);
  const grant = () =>
    open((onClose) => <GrantDialog person={person} groups={names} onClose={onClose} />);
  return (
    <section className="stack" aria-label="Groups">
      {memberships === undefined ? (
        <GroupTags groups={person.groups} />
      ) : memberships.length === 0 ? (
        <Empty>This user is in no group.</Empty>
      ) : (
        <Table
          caption="Groups"
          columns={[
            ...columnsOf((group) => toImplied(groups, group)),
            ...(revocable.length > 0 ? [toRevoke(revoke, revocable)] : []),
          ]}
          rows={memberships}
          keyOf={({ group }) => group}
        />
      )}
      {isOwn && (
        <p className="quiet">
          Another administrator can revoke your groups, and disable or delete your account.
        </p>
      )}
      {mayGrant && (
        <div className="actions">
          <button type="button" className="main" onClick={grant}>
            Grant a group
          </button>
        </div>
      )}
      {dialog}
    </section>
  );
}

const columnsOf = (
  implied: (group: string) => readonly string[],
): readonly Column<Membership>[] => [
  {
    head: 'Group',
    isName: true,
    cell: ({ group }) => <GroupLink group={group} />,
  },
  {
    head: 'Implies',
    cell: ({ group }) => <GroupTags groups={implied(group)} label={`Implied by ${group}`} />,
  },
  { head: 'Granted', cell: ({ grantedAt }) => <Time at={grantedAt} /> },
  {
    head: 'By',
    cell: ({ grantedBy }) =>
      grantedBy === null ? (
        <span className="quiet">the system, a program, or deleted</span>
      ) : (
        <PersonLink person={grantedBy} />
      ),
  },
  { head: 'Ends', cell: ({ expiresAt }) => <TimeOr at={expiresAt} none="never" isExact /> },
];

const toRevoke = (
  revoke: (membership: Membership) => void,
  revocable: readonly string[],
): Column<Membership> => ({
  head: 'Change',
  align: 'end',
  cell: (membership) =>
    revocable.includes(membership.group) && (
      <button
        type="button"
        aria-label={`Revoke ${membership.group}`}
        onClick={() => revoke(membership)}
      >
        Revoke
      </button>
    ),
});
