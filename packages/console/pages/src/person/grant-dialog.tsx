import { useState } from 'react';
import { fetchData } from '../fetch-data.ts';
import { type GroupFacts, toImplied, useGroups } from '../groups/use-groups.ts';
import { ChangeDialog } from '../parts/change-dialog.tsx';
import { toExact } from '../parts/time.tsx';
import { Ends, readEnd } from './ends.tsx';
import { isSameMembership, membershipOf } from './membership-of.ts';
import { OpenedBy, useOpenedBy } from './opened-by.tsx';
import type { Membership, PersonDialogProps } from './person.ts';
import { GrantGroupDocument, RevokeGroupDocument } from './person-documents.ts';
import { Subject } from './subject.tsx';

interface GrantDialogProps extends PersonDialogProps {
  /** The groups that the viewer may grant. */
  readonly grantable: readonly string[];
}

/** Adds a user to a group, perhaps for a time. No group is chosen at first, least of all the widest. */
export function GrantDialog({ person, grantable, onClose }: GrantDialogProps) {
  const { data: all = [] } = useGroups();
  const held = person.memberships?.map((membership) => membership.group) ?? [];
  const [group, setGroup] = useState('');
  const { opened, fresh } = useOpenedBy(person.groups, group);
  // The first choice has the focus: it must be known which is first.
  if (fresh === undefined) return null;
  const implied = toImplied(all, group);
  // Those that ask for a fresh log-in are the widest, and the last.
  const isFresh = ({ name }: GroupFacts) => fresh.includes(name);
  const offered = all
    .filter(({ name }) => grantable.includes(name) && !held.includes(name))
    .toSorted((one, other) => Number(isFresh(one)) - Number(isFresh(other)));

  return (
    <ChangeDialog
      title={`Grant a group to ${person.displayName}`}
      action={`Grant ${group}`}
      onSend={(read) => grant({ person, group, before: undefined }, readEnd(read))}
      onClose={onClose}
    >
      <fieldset className="choices wide">
        <legend>Group</legend>
        {offered.map((each) => (
          <label key={each.name} className="choice">
            <input
              type="radio"
              name="group"
              required
              checked={each.name === group}
              onChange={() => setGroup(each.name)}
            />
            <strong>{each.name}</strong>
            <span>
              {each.description}
              {isFresh(each) && <span className="warn"> Requires a recent login.</span>}
            </span>
          </label>
        ))}
      </fieldset>
      {held.length > 0 && <p className="quiet">Has already: {held.join(', ')}</p>}
      <Ends />
      {group !== '' && (
        <div role="status">
          {implied.length > 0 && (
            <p>
              {group} implies {implied.join(', ')}.
            </p>
          )}
          {opened !== undefined && <OpenedBy group={group} opened={opened} />}
        </div>
      )}
    </ChangeDialog>
  );
}

interface ChangeEndDialogProps extends PersonDialogProps {
  readonly membership: Membership;
}

/** Changes until when a user is in a group. */
export const ChangeEndDialog = ({ person, membership, onClose }: ChangeEndDialogProps) => (
  <ChangeDialog
    title={`Change the end of ${membership.group}`}
    action="Change the end"
    onSend={(read) => grant({ person, group: membership.group, before: membership }, readEnd(read))}
    onClose={onClose}
  >
    <p>
      <Subject person={person} /> is in <strong>{membership.group}</strong>{' '}
      {membership.expiresAt === null
        ? 'without an end'
        : `until ${toExact(new Date(membership.expiresAt))}`}
      .
    </p>
    <Ends />
  </ChangeDialog>
);

interface Grant {
  readonly person: PersonDialogProps['person'];
  readonly group: string;
  /** The membership whose end it changes. */
  readonly before: Membership | undefined;
}

async function grant({ person, group, before }: Grant, expiresAt: string | null) {
  const userId = person.id;
  const mayRead = person.memberships !== undefined;
  const isAsShown = mayRead && isSameMembership(await membershipOf(userId, group), before);
  await fetchData(GrantGroupDocument, { userId, group, expiresAt });
  const until = expiresAt === null ? 'without an end' : `until ${toExact(new Date(expiresAt))}`;
  return {
    subjectId: userId,
    text: before ? (
      <>
        <Subject person={person} /> is in {group} {until}.
      </>
    ) : (
      <>
        {group} was granted to <Subject person={person} />, {until}.
      </>
    ),
    undo: isAsShown
      ? {
          ...(before
            ? { run: GrantGroupDocument, variables: { userId, group, expiresAt: before.expiresAt } }
            : { run: RevokeGroupDocument, variables: { userId, group } }),
          isStill: async () =>
            isSameTime((await membershipOf(userId, group))?.expiresAt, expiresAt),
        }
      : undefined,
  };
}

const isSameTime = (one: string | null | undefined, other: string | null): boolean =>
  one === undefined || one === null || other === null
    ? one === other
    : Date.parse(one) === Date.parse(other);
