import { useQuery } from '@apollo/client/react';
import { Can, useCan } from '@graphql-gatehouse/client/react';
import { GroupList } from '../parts/group-list.tsx';
import { Loading } from '../parts/loading.tsx';
import { Page } from '../parts/page.tsx';
import { Problem } from '../parts/problem.tsx';
import { AccessCode } from './access-code.tsx';
import { EnterRoom } from './enter-room.tsx';
import { Entries } from './entries.tsx';
import { EnterRoomDocument, EntriesDocument, RoomDocument } from './room-documents.ts';

/** One room: its code, a door, and who has entered, as far as the viewer may see and do that. */
export function RoomPage({ id }: { readonly id: string }) {
  const { data, error } = useQuery(RoomDocument, { variables: { id } });
  const code = useCan('Room.accessCode');
  if (error !== undefined) return <Problem error={error} />;
  if (data === undefined) return <Loading />;
  const { room } = data;
  if (room === null) return <Page title="Rooms">No room has this address.</Page>;
  // The policy of the code is whether the room allows the viewer, which the room itself says.
  const seesCode = code === 'allowed' || (code === 'depends' && room.admitsViewer);
  return (
    <Page title={room.name}>
      <p>
        Floor {room.floor}. {room.admitsViewer ? 'Open to you.' : 'Closed to you.'} It is open to:
      </p>
      <GroupList groups={room.groups} />
      <div className="actions">
        <Can run={EnterRoomDocument} variables={{ id }}>
          <EnterRoom id={id} name={room.name} />
        </Can>
        {seesCode && <AccessCode id={id} />}
      </div>
      <Can run={EntriesDocument} variables={{ id }}>
        <Entries key={id} id={id} />
      </Can>
    </Page>
  );
}
