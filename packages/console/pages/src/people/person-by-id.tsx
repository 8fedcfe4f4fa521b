import { useData } from '../data.tsx';
import { Empty, Unread } from '../parts/states.tsx';
import { PersonDocument } from '../person/person-documents.ts';
import { PeopleRows } from './people-rows.tsx';

interface PersonByIdProps {
  readonly id: string;
  readonly withLastSeen: boolean;
}

/** The user whose id was searched. */
export function PersonById({ id, withLastSeen }: PersonByIdProps) {
  const { data, error, isPlaceholderData, refetch } = useData(PersonDocument, {
    id,
    withLastSeen,
  });
  if (error || data === undefined) return <Unread error={error} onRetry={refetch} rows={10} />;
  return (
    <>
      <p className="hint quiet" role="status">
        The user with this id, also if it is disabled.
      </p>
      {data.user === null ? (
        <Empty>No user has this id.</Empty>
      ) : (
        <PeopleRows people={[data.user]} withLastSeen={withLastSeen} isStale={isPlaceholderData} />
      )}
    </>
  );
}
