import { Can, useGatehouse, useViewer } from '@graphql-gatehouse/client/react';
import { RequestEmailVerificationDocument } from './account/account-documents.ts';
import { EnrolOtpDocument } from './factors/factor-documents.ts';
import { ActionButton } from './parts/action-button.tsx';
import { GroupList } from './parts/group-list.tsx';
import { type Route, toHash, useRoute } from './route.ts';
import { LogOutDocument } from './sessions/session-documents.ts';
import { UsersDocument } from './users/user-documents.ts';

/** The navigation, and who is logged in. */
export function Header() {
  const { logOut } = useGatehouse();
  const { principal, groups } = useViewer();
  return (
    <header>
      <nav aria-label="Pages">
        <PageLink page="rooms">Rooms</PageLink>
        <Can run={UsersDocument} variables={{ withEmail: false }}>
          <PageLink page="users">Users</PageLink>
        </Can>
        <Can run={RequestEmailVerificationDocument}>
          <PageLink page="account">Your account</PageLink>
        </Can>
        <PageLink page="sessions">Your sessions</PageLink>
        <Can run={EnrolOtpDocument} variables={{ proof: { password: '' } }}>
          <PageLink page="factors">Second factors</PageLink>
        </Can>
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

interface PageLinkProps {
  readonly page: Exclude<Route['page'], 'room'>;
  readonly children: string;
}

function PageLink({ page, children }: PageLinkProps) {
  const isCurrent = isBelow(useRoute(), page);
  return (
    <a href={toHash({ page })} aria-current={isCurrent ? 'page' : undefined}>
      {children}
    </a>
  );
}

const isBelow = (route: Route, page: PageLinkProps['page']): boolean =>
  route.page === page ||
  (route.page === 'room' && page === 'rooms') ||
  (route.page === 'invitations' && page === 'users');
