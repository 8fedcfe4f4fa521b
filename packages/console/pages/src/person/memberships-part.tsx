import { GroupLink } from '../groups/group-link.tsx';
import { type GroupFacts, toImplied, useGroups } from '../groups/use-groups.ts';
import { GroupTags } from '../parts/group-tags.tsx';
import { KeptButton } from '../parts/kept-button.tsx';
import { Empty, Loading, Unread } from '../parts/states.tsx';
import { type Column, Table } from '../parts/table.tsx';
import { Time, TimeOr } from '../parts/time.tsx';
import { useDialog } from '../parts/use-dialog.ts';
import { ChangeEndDialog, GrantDialog } from './grant-dialog.tsx';
import { GrantedBy } from './granted-by.tsx';
import { useGroupPermissions } from './group-permissions.ts';
import { LastAdmin, lastAdminId, useIsLastAdmin } from './last-admin.tsx';
import type { Membership, Person } from './person.ts';
import { RevokeDialog } from './revoke-dialog.tsx';
import { useIsOwn } from './use-is-own.ts';

/** The groups of a user, with those that may be granted and revoked. */
export function MembershipsPart({ person }: { readonly person: Person }) {
  const { data: groups, error, refetch } = useGroups();
  if (groups === undefined) return <Unread error={error} onRetry={refetch} rows={3} />;
  return <Memberships person={person} groups={groups} />;
}

interface MembershipsProps {
  readonly person: Person;
  /** The groups of the schema. */
  readonly groups: readonly GroupFacts[];
}

function Memberships({ person, groups }: MembershipsProps) {
  const { dialog, open } = useDialog();
  const { memberships } = person;
  const names = groups.map(({ name }) => name);
  // What a source gives is taken away there.
  const held = memberships?.filter(isByHand).map(({ group }) => group) ?? [];
  const isOwn = useIsOwn(person);
  const isLastAdmin = useIsLastAdmin(person);
  const grantable = useGroupPermissions('grant', person.id, names);
  const revocable = useGroupPermissions('revoke', person.id, isOwn ? [] : held);
  if (revocable === undefined || grantable === undefined || isLastAdmin === undefined) {
    return <Loading rows={3} />;
  }
  const isKept = ({ group }: Membership) => isLastAdmin && group === 'ADMIN';
  const revoke = (membership: Membership) =>
    open((onClose) => <RevokeDialog person={person} membership={membership} onClose={onClose} />);
  const changeEnd = (membership: Membership) =>
    open((onClose) => (
      <ChangeEndDialog person={person} membership={membership} onClose={onClose} />
    ));
  const grant = () =>
    open((onClose) => <GrantDialog person={person} grantable={grantable} onClose={onClose} />);
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
            ...(!isOwn && held.some((group) => [...revocable, ...grantable].includes(group))
              ? [toChanges({ grantable, revocable, isKept, changeEnd, revoke })]
              : []),
          ]}
          rows={memberships}
          keyOf={({ group, source }) => `${group} ${source ?? ''}`}
        />
      )}
      {isOwn && (
        <p className="quiet">You cannot revoke your own groups here. Another administrator can.</p>
      )}
      {isLastAdmin && !isOwn && <LastAdmin />}
      {grantable.some((group) => !held.includes(group)) && (
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

const isByHand = ({ source }: Membership): boolean => source === null;

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
    cell: GrantedBy,
  },
  { head: 'Ends', cell: ({ expiresAt }) => <TimeOr at={expiresAt} none="never" isExact /> },
];

interface Changes {
  readonly grantable: readonly string[];
  readonly revocable: readonly string[];
  /** Whether the server would refuse to end a membership. */
  readonly isKept: (membership: Membership) => boolean;
  readonly changeEnd: (membership: Membership) => void;
  readonly revoke: (membership: Membership) => void;
}

const toChanges = ({
  grantable,
  revocable,
  isKept,
  changeEnd,
  revoke,
}: Changes): Column<Membership> => ({
  head: 'Change',
  align: 'end',
  cell: (membership) => (
    <div className="actions">
      {isByHand(membership) && grantable.includes(membership.group) && !isKept(membership) && (
        <button
          type="button"
          aria-label={`Change the end: ${membership.group}`}
          onClick={() => changeEnd(membership)}
        >
          Change the end
        </button>
      )}
      {isByHand(membership) && revocable.includes(membership.group) && (
        <KeptButton
          label={`Revoke: ${membership.group}`}
          keptBy={isKept(membership) ? lastAdminId : undefined}
          onClick={() => revoke(membership)}
        >
          Revoke
        </KeptButton>
      )}
    </div>
  ),
});
