import { useMutation } from '@apollo/client/react';
import { Can } from '@graphql-gatehouse/client/react';
import type { SessionsQuery } from '../generated/graphql.ts';
import { ActionButton } from '../parts/action-button.tsx';
import { Time } from '../parts/time.tsx';
import { EndSessionDocument } from './session-documents.ts';

interface SessionRowProps {
  readonly session: NonNullable<SessionsQuery['me']>['sessions'][number];
  readonly onEnded: () => Promise<unknown>;
}

/** A session, with the button that ends it. The header has the one that ends the current session. */
export function SessionRow({ session, onEnded }: SessionRowProps) {
  const { id, createdAt, lastUsedAt, userAgent, ip, current } = session;
  const [end] = useMutation(EndSessionDocument, { variables: { id } });
  return (
    <li className="row">
      <div>
        <div>{userAgent ?? 'Unknown program'}</div>
        <div className="quiet">
          {ip}, last used <Time at={lastUsedAt} />
        </div>
      </div>
      {current ? (
        <span className="state">This session</span>
      ) : (
        <Can run={EndSessionDocument} variables={{ id }}>
          <ActionButton
            label={`End the session of ${new Date(createdAt).toLocaleString()}`}
            onAction={() => end().then(onEnded)}
          >
            End
          </ActionButton>
        </Can>
      )}
    </li>
  );
}
