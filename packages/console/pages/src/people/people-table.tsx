import { useData } from '../data.tsx';
import type { PeopleQuery } from '../generated/graphql.ts';
import { Pager, useCursors } from '../parts/pager.tsx';
import { Empty, Unread } from '../parts/states.tsx';
import { PeopleDocument } from './people-documents.ts';
import type { Permission } from './people-permissions.ts';
import { PeopleRows } from './people-rows.tsx';
import { useUserCount } from './use-user-count.ts';

interface PeopleTableProps {
  readonly search: string;
  /** As the address has it. */
  readonly state: string | null;
  readonly may: readonly Permission[];
}

export function PeopleTable({ search, state, may }: PeopleTableProps) {
  const shown = may.includes('disabled') && (state === 'disabled' || state === 'all') ? state : '';
  const withLastSeen = may.includes('last-seen');
  const includesEmail = search.includes('@') && may.includes('email');
  const cursors = useCursors('users', `${search} ${shown}`);
  const { count, isCounting } = useUserCount(shown, may);
  const { data, error, isPlaceholderData, refetch } = useData(PeopleDocument, {
    search: search || null,
    after: cursors.after ?? null,
    // A viewer who may not say it is refused even for saying no.
    ...(shown === 'all' && { includeDisabled: true }),
    ...(shown === 'disabled' && { onlyDisabled: true }),
    ...(includesEmail && { includeEmail: true }),
    withLastSeen,
  });
  if (error || data === undefined || isCounting) {
    return <Unread error={error} onRetry={refetch} rows={10} />;
  }
  const { edges, pageInfo, searchedBy, isComplete } = data.users;
  return (
    <>
      <p className="hint quiet" role="status">
        {searchedBy === null
          ? `${count}, the oldest first.`
          : describeSearch(search, { searchedBy, includesEmail })}
        {isComplete || ' More than a thousand do, and some are not listed: type more of the name.'}
      </p>
      {edges.length === 0 ? (
        <Empty>{isComplete ? emptyText(search) : 'None of them is among the next users.'}</Empty>
      ) : (
        <PeopleRows
          people={edges.map(({ node }) => node)}
          withLastSeen={withLastSeen}
          isStale={isPlaceholderData}
        />
      )}
      <Pager cursors={cursors} pageInfo={pageInfo} rows={edges.length} label="users" />
    </>
  );
}

const emptyText = (search: string): string =>
  search ? 'No user has such a name.' : 'There are no users.';

interface Compared {
  readonly searchedBy: NonNullable<PeopleQuery['users']['searchedBy']>;
  readonly includesEmail: boolean;
}

/** Says how the server has compared the names. */
const describeSearch = (search: string, { searchedBy, includesEmail }: Compared): string =>
  `Usernames and display names that ${
    searchedBy === 'CONTAINS' ? 'contain' : 'begin with'
  } “${search}”${includesEmail ? ', and this e-mail address' : ''}.`;
