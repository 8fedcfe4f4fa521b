import { Page } from '../parts/page.tsx';
import { useCursors } from '../parts/pager.tsx';
import { Unread } from '../parts/states.tsx';
import { useDialog } from '../parts/use-dialog.ts';
import { useRoute } from '../route.ts';
import { CreateUserDialog } from './create-user-dialog.tsx';
import { InviteDialog } from './invite-dialog.tsx';
import { PeopleFilter } from './people-filter.tsx';
import { usePeoplePermissions } from './people-permissions.ts';
import { PeopleTable } from './people-table.tsx';
import { PeopleTabs } from './people-tabs.tsx';

export function PeopleList() {
  const { query } = useRoute();
  const { data: may, error, refetch } = usePeoplePermissions();
  const { dialog, open } = useDialog();
  const search = query.get('search') ?? '';
  const includesDisabled = may?.includes('disabled') === true && query.has('disabled');
  const cursors = useCursors(`${search} ${includesDisabled}`);
  if (may === undefined) {
    return (
      <Page title="Users">
        <Unread error={error} onRetry={refetch} rows={14} />
      </Page>
    );
  }
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
      <PeopleFilter mayIncludeDisabled={may.includes('disabled')} />
      <PeopleTable
        search={search}
        includesDisabled={includesDisabled}
        withLastSeen={may.includes('last-seen')}
        cursors={cursors}
      />
      {dialog}
    </Page>
  );
}
