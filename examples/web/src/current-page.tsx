import { RequestPage } from './mail/request-page.tsx';
import { RoomPage } from './rooms/room-page.tsx';
import { RoomsPage } from './rooms/rooms-page.tsx';
import { useRoute } from './route.ts';

/** Shows the page that the address names. */
export function CurrentPage() {
  const route = useRoute();
  switch (route.page) {
    case 'room':
      return <RoomPage key={route.id} id={route.id} />;
    case 'forgotten':
      return <RequestPage requested={route.page} />;
    default:
      return <RoomsPage />;
  }
}
