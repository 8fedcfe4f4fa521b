import { AccountPage } from './account/account-page.tsx';
import { FactorsPage } from './factors/factors-page.tsx';
import { RequestPage } from './mail/request-page.tsx';
import { RoomPage } from './rooms/room-page.tsx';
import { RoomsPage } from './rooms/rooms-page.tsx';
import { useRoute } from './route.ts';
import { SessionsPage } from './sessions/sessions-page.tsx';
import { InvitationsPage } from './users/invitations-page.tsx';
import { UsersPage } from './users/users-page.tsx';

/** Shows the page that the address names. */
export function CurrentPage() {
  const route = useRoute();
  switch (route.page) {
    case 'room':
      return <RoomPage key={route.id} id={route.id} />;
    case 'users':
      return <UsersPage />;
    case 'invitations':
      return <InvitationsPage />;
    case 'account':
      return <AccountPage />;
    case 'forgotten':
      return <RequestPage requested={route.page} />;
    case 'factors':
      return <FactorsPage />;
    case 'sessions':
      return <SessionsPage />;
    default:
      return <RoomsPage />;
  }
}
