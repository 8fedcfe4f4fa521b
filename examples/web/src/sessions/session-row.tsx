import { Can } from '@gatehouse/client/react';
import type { SessionsQuery } from '../generated/graphql.ts';
import { Time } from '../parts/time.tsx';
import { EndSession } from './end-session.tsx';
import { EndSessionDocument } from './session-documents.ts';

type ListedSession = NonNullable<SessionsQuery['me']>['sessions'][number];

interface SessionRowProps {
  readonly session: ListedSession;
  readonly onEnded: () => Promise<unknown>;
}

/** A session, with the button that ends it. The header has the one that ends the current session. */
export const SessionRow = ({ session, onEnded }: SessionRowProps) => (
  <li className="row session">
    <div>
      <div>{session.userAgent ?? 'Unknown program'}</div>
      <div className="quiet">
        {session.ip}, last used <Time at={session.lastUsedAt} />
      </div>
    </div>
    {session.current ? (
      <span className="state">This session</span>
    ) : (
      <Can run={EndSessionDocument} variables={{ id: session.id }}>
        <EndSession session={session} onEnded={onEnded} />
      </Can>
    )}
  </li>
);
