import { useQuery } from '@apollo/client/react';
import { Can, useGatehouse } from '@graphql-gatehouse/client/react';
import { useRef, useState } from 'react';
import { ActionButton } from '../parts/action-button.tsx';
import { Loading } from '../parts/loading.tsx';
import { Page } from '../parts/page.tsx';
import { Problem } from '../parts/problem.tsx';
import { LogOutEverywhereDocument, SessionsDocument } from './session-documents.ts';
import { SessionRow } from './session-row.tsx';

const pageSize = 10;

/** Where the viewer is logged in. */
export function SessionsPage() {
  const { logOut } = useGatehouse();
  const list = useRef<HTMLUListElement>(null);
  const [first, setFirst] = useState(pageSize);
  const { data, previousData, error, refetch } = useQuery(SessionsDocument, {
    variables: { first },
    fetchPolicy: 'cache-and-network',
  });
  const sessions = (data ?? previousData)?.me?.sessions;

  async function showRest(): Promise<void> {
    await refetch();
    // The button that had the focus is gone.
    list.current?.focus();
  }

  return (
    <Page title="Your sessions">
      <Problem error={error} />
      {sessions === undefined && error === undefined && <Loading />}
      {sessions?.length === 0 && <p role="status">You have no sessions.</p>}
      <ul className="rows" ref={list} tabIndex={-1} aria-label="Sessions">
        {sessions?.map((session) => (
          <SessionRow key={session.id} session={session} onEnded={showRest} />
        ))}
      </ul>
      {sessions?.length === first && (
        <button type="button" onClick={() => setFirst(first + pageSize)}>
          More sessions
        </button>
      )}
      <Can run={LogOutEverywhereDocument}>
        <ActionButton onAction={() => logOut({ everywhere: true })}>
          Log out everywhere
        </ActionButton>
      </Can>
    </Page>
  );
}
