import { useViewer } from '@graphql-gatehouse/client/react';
import { useData } from '../data.tsx';
import { nilId } from '../nil-id.ts';
import { useDialog } from '../parts/use-dialog.ts';
import { EndSessionDocument } from '../person/session-documents.ts';
import { SessionsPart } from '../person/sessions-part.tsx';
import { useAllowed } from '../use-allowed.ts';
import { OwnSessionsDocument } from './account-documents.ts';
import { EndOthersDialog } from './end-others-dialog.tsx';

/** Where the viewer is logged in. */
export function OwnSessionsPart() {
  const id = useViewer().principal?.id ?? nilId;
  const { dialog, open } = useDialog();
  const { data } = useData(OwnSessionsDocument, { id });
  const other = data?.user?.sessions.find(({ current }) => !current);
  return (
    <>
      <p className="quiet">
        Where you are logged in. End a session that you do not know, and change your password.
      </p>
      <SessionsPart id={id} />
      {other !== undefined && (
        <EndOthers
          otherId={other.id}
          onClick={() => open((onClose) => <EndOthersDialog id={id} onClose={onClose} />)}
        />
      )}
      {dialog}
    </>
  );
}

interface EndOthersProps {
  /** The id of one of them. Whether the viewer may end it is asked of one: they are all its own. */
  readonly otherId: string;
  readonly onClick: () => void;
}

function EndOthers({ otherId, onClick }: EndOthersProps) {
  const { data: may } = useAllowed(
    `session ${otherId}`,
    new Map([['end', [{ run: EndSessionDocument, variables: { id: otherId } }]]]),
  );
  return (
    may?.includes('end') && (
      <div className="actions">
        <button type="button" className="danger" onClick={onClick}>
          End all others
        </button>
      </div>
    )
  );
}
