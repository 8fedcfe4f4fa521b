import { useViewer } from '@graphql-gatehouse/client/react';
import { useData } from '../data.tsx';
import { nilId } from '../nil-id.ts';
import { Fact } from '../parts/fact.tsx';
import { GroupTags } from '../parts/group-tags.tsx';
import { Unread } from '../parts/states.tsx';
import { Time } from '../parts/time.tsx';
import { useDialog } from '../parts/use-dialog.ts';
import { EditDialog } from '../person/edit-dialog.tsx';
import { VerifiedEmailDocument } from '../person/mail-documents.ts';
import type { Person } from '../person/person.ts';
import { PersonDocument } from '../person/person-documents.ts';
import { type PersonPermissions, usePersonPermissions } from '../person/person-permissions.ts';
import type { AccountPermissions } from './account-permissions.ts';
import { AddressFact } from './address-fact.tsx';
import { ChangeEmailDialog } from './change-email-dialog.tsx';
import { pausedOf } from './notices.ts';
import { useNotices } from './use-notices.ts';

interface ProfilePartProps {
  readonly may: AccountPermissions;
}

/** How the viewer is named and reached, with what it may change of that. */
export function ProfilePart({ may }: ProfilePartProps) {
  const id = useViewer().principal?.id ?? nilId;
  const { data: mayOfPerson, error, refetch } = usePersonPermissions(id);
  if (error || mayOfPerson === undefined) {
    return <Unread error={error} onRetry={refetch} rows={4} />;
  }
  if (!mayOfPerson.includes('person')) return <Names />;
  return <OwnProfile id={id} may={may} mayOfPerson={mayOfPerson} />;
}

/** What the session itself says. */
function Names() {
  const { principal } = useViewer();
  return (
    <dl className="facts panel">
      <Fact name="Username">
        <bdi>{principal?.username}</bdi>
      </Fact>
      <Fact name="Display name">
        <bdi>{principal?.displayName}</bdi>
      </Fact>
      <OwnGroups />
    </dl>
  );
}

function OwnGroups() {
  const { groups } = useViewer();
  const { notices } = useNotices();
  return (
    <Fact name="Groups">
      <GroupTags groups={groups} paused={pausedOf(notices)} />
    </Fact>
  );
}

interface OwnProfileProps extends ProfilePartProps {
  readonly id: string;
  readonly mayOfPerson: PersonPermissions;
}

function OwnProfile({ id, may, mayOfPerson }: OwnProfileProps) {
  const withEmail = mayOfPerson.includes('email');
  const withVerified = withEmail && mayOfPerson.includes('verified');
  const { data, error, refetch } = useData(PersonDocument, { id, withEmail });
  const verified = useData(VerifiedEmailDocument, { id }, { isEnabled: withVerified });
  if (!data?.user || verified.isLoading) {
    return <Unread error={error} onRetry={refetch} rows={4} />;
  }
  const { user } = data;
  return (
    <section className="stack" aria-label="Profile">
      <dl className="facts panel">
        <Fact name="Username">
          <bdi>{user.username}</bdi>
        </Fact>
        <Fact name="Display name">
          <bdi>{user.displayName}</bdi>
        </Fact>
        {withEmail && (
          <AddressFact
            email={user.email ?? null}
            verifiedAt={verified.data?.user?.emailVerifiedAt}
            mayConfirm={withVerified && may.includes('mail-confirmation')}
          />
        )}
        <OwnGroups />
        <Fact name="Created">
          <Time at={user.createdAt} isExact />
        </Fact>
      </dl>
      <ProfileActions user={user} may={may} mayOfPerson={mayOfPerson} />
    </section>
  );
}

interface ProfileActionsProps extends Omit<OwnProfileProps, 'id'> {
  readonly user: Person;
}

function ProfileActions({ user, may, mayOfPerson }: ProfileActionsProps) {
  const { dialog, open } = useDialog();
  const byMail = may.includes('mail-new-address') && mayOfPerson.includes('email');
  // Where mails are sent, a new address counts when its owner has confirmed it.
  const editable = mayOfPerson.filter((right) => !(byMail && right === 'change-email'));
  const mayEdit = (['rename', 'change-username', 'change-email'] as const).some((right) =>
    editable.includes(right),
  );
  return (
    <div className="actions">
      {mayEdit && (
        <button
          type="button"
          onClick={() =>
            open((onClose) => <EditDialog person={user} may={editable} onClose={onClose} />)
          }
        >
          Edit
        </button>
      )}
      {byMail && (
        <button
          type="button"
          onClick={() => open((onClose) => <ChangeEmailDialog person={user} onClose={onClose} />)}
        >
          {user.email ? 'Change the e-mail address' : 'Add an e-mail address'}
        </button>
      )}
      {dialog}
    </div>
  );
}
