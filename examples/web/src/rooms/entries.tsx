import { useQuery } from '@apollo/client/react';
import { useEffect, useState } from 'react';
import type { EntriesQuery, RoomEnteredSubscription } from '../generated/graphql.ts';
import { ActionButton } from '../parts/action-button.tsx';
import { Loading } from '../parts/loading.tsx';
import { Problem } from '../parts/problem.tsx';
import { Time } from '../parts/time.tsx';
import { addEntry } from './add-entry.ts';
import { isEventsLost } from './is-events-lost.ts';
import { EntriesDocument, RoomEnteredDocument } from './room-documents.ts';

/** Who has entered a room, latest first. New entries appear as they happen. */
export function Entries({ id }: { readonly id: string }) {
  const { data, error, fetchMore, subscribeToMore } = useQuery(EntriesDocument, {
    variables: { id },
    fetchPolicy: 'cache-and-network',
  });

  const [lostEvents, setLostEvents] = useState(0);
  // Not written to the cache: a read that began before an entry can end after its event, and would replace it.
  const [entered, setEntered] = useState<readonly RoomEnteredSubscription['roomEntered'][]>([]);

  useEffect(
    () =>
      subscribeToMore({
        document: RoomEnteredDocument,
        variables: { roomId: id },
        // Another subscription, which reads what was lost.
        onError: (problem) => isEventsLost(problem) && setLostEvents(lostEvents + 1),
        updateQuery: (_shown, { subscriptionData }) => {
          setEntered((earlier) => [...earlier, subscriptionData.data.roomEntered]);
          return undefined;
        },
      }),
    [subscribeToMore, id, lostEvents],
  );

  const shown = data && entered.reduce<EntriesQuery>(addEntry, data);
  const entries = shown?.room?.entries;
  const page = entries?.pageInfo;
  return (
    <section aria-labelledby="entries">
      <h2 id="entries">Entries</h2>
      <Problem error={error} />
      {entries === undefined && error === undefined && <Loading />}
      {entries?.edges.length === 0 && <p role="status">No one has entered yet.</p>}
      <ol className="rows" aria-live="polite" aria-relevant="additions" aria-labelledby="entries">
        {entries?.edges.map(({ node }) => (
          <li key={node.id} className="row">
            <span>{node.user.displayName}</span>
            <Time at={node.enteredAt} />
          </li>
        ))}
      </ol>
      {page?.hasNextPage && (
        <ActionButton onAction={() => fetchMore({ variables: { id, after: page.endCursor } })}>
          Earlier entries
        </ActionButton>
      )}
    </section>
  );
}
