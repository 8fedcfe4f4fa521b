import { useQuery } from '@apollo/client/react';
import { Can } from '@gatehouse/client/react';
import { useState } from 'react';
import { Loading } from '../parts/loading.tsx';
import { Page } from '../parts/page.tsx';
import { Problem } from '../parts/problem.tsx';
import { LogOutEverywhere } from './log-out-everywhere.tsx';
import { LogOutEverywhereDocument, SessionsDocument } from './session-documents.ts';
import { SessionRow } from './session-row.tsx';

const pageSize = 10;

/** Where the viewer is logged in. */
export function SessionsPage() {
  const [first, setFirst] = useState(pageSize);
  const { data, previousData, error, refetch } = useQuery(SessionsDocument, {
    variables: { first },
    fetchPolicy: 'cache-and-network',
  });
  const sessions = (data ?? previousData)?.me?.sessions;
  return (
    <Page title="Your sessions">
      <Problem error={error} />
      {sessions === undefined && error === undefined && <Loading />}
      <ul className="rows">
        {sessions?.map((session) => (
          <SessionRow key={session.id} session={session} onEnded={refetch} />
        ))}
      </ul>
      {sessions?.length === first && (
        <button type="button" onClick={() => setFirst(first + pageSize)}>
          More sessions
        </button>
      )}
      <Can run={LogOutEverywhereDocument}>
        <LogOutEverywhere />
      </Can>
    </Page>
  );
}
