import { rememberPlace } from '../data.tsx';
import { fetchData } from '../fetch-data.ts';
import { ChangeDialog } from '../parts/change-dialog.tsx';
import { EndSessionDocument } from '../person/session-documents.ts';
import { OwnSessionsDocument } from './account-documents.ts';

interface EndOthersDialogProps {
  /** Of the viewer. */
  readonly id: string;
  readonly onClose: () => void;
}

/** Ends all sessions of the viewer but this one. */
export const EndOthersDialog = ({ id, onClose }: EndOthersDialogProps) => (
  <ChangeDialog
    title="End all other sessions"
    action="End all others"
    isDangerous
    onSend={async () => {
      await endOthers(id);
      return { subjectId: id, text: 'Your other sessions have ended.' };
    }}
    onClose={onClose}
  >
    <p>
      Every session but this one ends immediately: you must log in again there. What you have begun
      there and not sent is lost.
    </p>
  </ChangeDialog>
);

/** How many sessions `OwnSessionsDocument` reads, with this one. */
const pageSize = 100;

/**
 * Ends them one by one, since the server ends one or all. Those that were ended stay so when one fails.
 *
 * @throws {GatehouseError}
 */
async function endOthers(id: string): Promise<void> {
  const isHere = rememberPlace();
  const { user } = await fetchData(OwnSessionsDocument, { id });
  // Without one that is the present session, these are another user's.
  if (!user?.sessions.some(({ current }) => current)) return;
  const others = user.sessions.filter(({ current }) => !current);
  let ended = 0;
  for (const { id: sessionId } of others) {
    if (!isHere()) return;
    const { endSession } = await fetchData(EndSessionDocument, { id: sessionId });
    if (endSession) ended += 1;
  }
  // Of more sessions than a page holds, the rest was out of sight.
  if (isHere() && ended > 0 && others.length >= pageSize - 1) await endOthers(id);
}
