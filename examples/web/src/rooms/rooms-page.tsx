import { useQuery } from '@apollo/client/react';
import { ActionButton } from '../parts/action-button.tsx';
import { Loading } from '../parts/loading.tsx';
import { Page } from '../parts/page.tsx';
import { Problem } from '../parts/problem.tsx';
import { RoomsDocument } from './room-documents.ts';
import { RoomLink } from './room-link.tsx';

/** All rooms, and which of them admit the viewer. */
export function RoomsPage() {
  const { data, error, fetchMore } = useQuery(RoomsDocument);
  const page = data?.rooms.pageInfo;
  return (
    <Page title="Rooms">
      <Problem error={error} />
      {data === undefined && error === undefined && <Loading />}
      {data?.rooms.edges.length === 0 && <p role="status">There are no rooms yet.</p>}
      <ul className="rows grid">
        {data?.rooms.edges.map(({ node }) => (
          <RoomLink key={node.id} room={node} />
        ))}
      </ul>
      {page?.hasNextPage && (
        <ActionButton onAction={() => fetchMore({ variables: { after: page.endCursor } })}>
          More rooms
        </ActionButton>
      )}
    </Page>
  );
}
