import { Can, useViewer } from '@graphql-gatehouse/client/react';
import { LogOutDocument } from './log-in/log-in-documents.ts';
import { logOut } from './log-in/providers.ts';
import { ActionButton } from './parts/action-button.tsx';
import { GroupList } from './parts/group-list.tsx';
import { toHash } from './route.ts';

/** The way back to the rooms, and who is logged in. */
export function Header() {
  const { principal, groups } = useViewer();
  return (
    <header>
      <nav aria-label="Pages">
        <a href={toHash({ page: 'rooms' })}>Rooms</a>
      </nav>
      <div className="viewer">
        <span>{principal?.displayName ?? principal?.username}</span>
        <GroupList groups={groups} />
        <Can run={LogOutDocument}>
          <ActionButton onAction={logOut}>Log out</ActionButton>
        </Can>
      </div>
    </header>
  );
}
