import { rememberPlace } from '../data.tsx';
import { fetchData } from '../fetch-data.ts';
import { ChangeDialog } from '../parts/change-dialog.tsx';
import { toHash } from '../route.ts';
import type { PersonDialogProps } from './person.ts';
import { EndSessionDocument, SessionsDocument } from './session-documents.ts';
import { Subject } from './subject.tsx';

/** A server can allow a user more sessions than can be ended while one waits. */
const maxSessions = 1_000;

/** Ends every session of a user, one by one. Returns how many. @throws {GatehouseError} */
async function endAll(id: string): Promise<number> {
  const isHere = rememberPlace();
  let ended = 0;
  for (;;) {
    const { user } = await fetchData(SessionsDocument, { id, after: null });
    const sessions = user?.sessions ?? [];
    if (sessions.length === 0 || ended >= maxSessions) return ended;
    for (const session of sessions) {
      if (!isHere()) return ended;
      await fetchData(EndSessionDocument, { id: session.id });
      ended += 1;
    }
  }
}

export const EndAllDialog = ({ person, onClose }: PersonDialogProps) => (
  <ChangeDialog
    title={`End all sessions of ${person.displayName}`}
    action="End all"
    isDangerous
    onSend={async () => {
      const ended = await endAll(person.id);
      return {
        subjectId: person.id,
        text: (
          <>
            {ended === 1 ? 'One session' : `${ended.toLocaleString()} sessions`} of{' '}
            <Subject person={person} /> ended.
          </>
        ),
      };
    }}
    onClose={onClose}
  >
    <p>
      Every session of <Subject person={person} /> ends immediately. The user can log in again:{' '}
      <a href={toHash(['people', person.id, 'details'])} onClick={onClose}>
        disable the account
      </a>{' '}
      to prevent that.
    </p>
  </ChangeDialog>
);
