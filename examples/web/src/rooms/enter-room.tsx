import { useMutation } from '@apollo/client/react';
import { ActionButton } from '../parts/action-button.tsx';
import { Time } from '../parts/time.tsx';
import { EnterRoomDocument } from './room-documents.ts';

interface EnterRoomProps {
  readonly id: string;
  readonly name: string;
}

/** Enters a room. Only for rooms that admit the viewer. */
export function EnterRoom({ id, name }: EnterRoomProps) {
  const [enter, { data }] = useMutation(EnterRoomDocument, { variables: { id } });
  return (
    <>
      <ActionButton isMain onAction={() => enter()}>
        Enter
      </ActionButton>
      <p role="status">
        {data && (
          <>
            You entered {name}: <Time at={data.enterRoom.enteredAt} />
          </>
        )}
      </p>
    </>
  );
}
