import { RequestPage } from './mail/request-page.tsx';
import { Page } from './parts/page.tsx';
import { RoomPage } from './rooms/room-page.tsx';
import { RoomsPage } from './rooms/rooms-page.tsx';
import { toHash, useRoute } from './route.ts';

/** Shows the page that the address names. */
export function CurrentPage() {
  const route = useRoute();
  switch (route.page) {
    case 'room':
      return <RoomPage key={route.id} id={route.id} />;
    case 'forgotten':
      return <RequestPage requested={route.page} />;
    case 'unknown':
      return (
        <Page title="Not found">
          <p>
            There is no page at this address. <a href={toHash({ page: 'rooms' })}>All rooms</a>
          </p>
        </Page>
      );
    default:
      return <RoomsPage />;
  }
}
