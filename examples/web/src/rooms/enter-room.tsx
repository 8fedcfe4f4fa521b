import { useMutation } from '@apollo/client/react';
import { Problem } from '../parts/problem.tsx';
import { Time } from '../parts/time.tsx';
import { EnterRoomDocument } from './room-documents.ts';

interface EnterRoomProps {
  readonly id: string;
  readonly name: string;
}

/** Enters a room. Only for rooms that admit the viewer. */
export function EnterRoom({ id, name }: EnterRoomProps) {
  const [enter, { data, loading, error }] = useMutation(EnterRoomDocument, { variables: { id } });
  return (
    <>
      <button
        type="button"
        className="main"
        disabled={loading}
        // The hook keeps the error.
        onClick={() => enter().catch(() => {})}
      >
        Enter
      </button>
      <p role="status">
        {data && (
          <>
            You entered {name}: <Time at={data.enterRoom.enteredAt} />
          </>
        )}
      </p>
      <Problem error={error} />
    </>
  );
}
