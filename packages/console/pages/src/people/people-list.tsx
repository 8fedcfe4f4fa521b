import { MemberTable } from '../groups/members-part.tsx';
import { useGroups } from '../groups/use-groups.ts';
import { Page } from '../parts/page.tsx';
import { Unread } from '../parts/states.tsx';
import { useDialog } from '../parts/use-dialog.ts';
import { useRoute } from '../route.ts';
import { CreateUserDialog } from './create-user-dialog.tsx';
import { InviteDialog } from './invite-dialog.tsx';
import { PeopleFilter } from './people-filter.tsx';
import { usePeoplePermissions } from './people-permissions.ts';
import { PeopleTable } from './people-table.tsx';
import { PeopleTabs } from './people-tabs.tsx';
import { PersonById } from './person-by-id.tsx';

export function PeopleList() {
  const { query } = useRoute();
  const { data: may, error, refetch } = usePeoplePermissions();
  const { data: groups, error: groupsError, refetch: readGroups } = useGroups();
  const { dialog, open } = useDialog();
  if (may === undefined || groups === undefined) {
    return (
      <Page title="Users">
        <Unread
          error={error ?? groupsError}
          onRetry={() => Promise.all([refetch(), readGroups()])}
          rows={14}
        />
      </Page>
    );
  }
  const names = groups.map(({ name }) => name);
  const search = query.get('search') ?? '';
  const group = names.find((name) => name === query.get('group'));
  return (
    <Page
      title="Users"
      actions={
        <>
          {may.includes('invite') && (
            <button
              type="button"
              onClick={() => open((onClose) => <InviteDialog onClose={onClose} />)}
            >
              Invite by mail
            </button>
          )}
          {may.includes('create') && (
            <button
              type="button"
              className="main"
              onClick={() => open((onClose) => <CreateUserDialog onClose={onClose} />)}
            >
              Create a user
            </button>
          )}
        </>
      }
    >
      <PeopleTabs />
      <PeopleFilter may={may} groups={names} />
      {group !== undefined && may.includes('members') ? (
        <GroupMembers group={group} withMemberships={may.includes('memberships')} />
      ) : idForm.test(search) && may.includes('id') ? (
        <PersonById id={search} withLastSeen={may.includes('last-seen')} />
      ) : (
        <PeopleTable search={search} state={query.get('state')} may={may} />
      )}
      {dialog}
    </Page>
  );
}

const idForm = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

interface GroupMembersProps {
  readonly group: string;
  readonly withMemberships: boolean;
}

const GroupMembers = ({ group, withMemberships }: GroupMembersProps) => (
  <>
    <p className="hint quiet" role="status">
      Users to whom {group} was granted, disabled ones too, the oldest first.
    </p>
    <MemberTable key={group} group={group} withMemberships={withMemberships} />
  </>
);
