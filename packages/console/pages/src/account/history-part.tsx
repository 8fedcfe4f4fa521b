import { accountActions } from '../../../src/account-actions.ts';
import { useData } from '../data.tsx';
import type { ConsoleCause, HistoryQuery } from '../generated/graphql.ts';
import { Pager, useCursors } from '../parts/pager.tsx';
import { Empty, Unread } from '../parts/states.tsx';
import { type Column, Table } from '../parts/table.tsx';
import { Time } from '../parts/time.tsx';
import { HistoryDocument } from './account-documents.ts';

type HistoryRecord = HistoryQuery['consoleHistory']['records'][number];

/** What happened to the account of the viewer, and what the viewer did. */
export function HistoryPart() {
  const cursors = useCursors('history');
  const { data, error, isPlaceholderData, refetch } = useData(HistoryDocument, {
    after: cursors.after ?? null,
  });
  if (error || data === undefined) return <Unread error={error} onRetry={refetch} rows={10} />;
  const { records, next } = data.consoleHistory;
  return (
    <section aria-label="What happened">
      <p className="quiet">
        What was done to your account, and what you did. Tell an administrator about what you do not
        know, and change your password.
      </p>
      {records.length === 0 ? (
        <Empty>Nothing on this page is for you to see.</Empty>
      ) : (
        <Table
          caption="What happened"
          columns={columns}
          rows={records}
          keyOf={({ id }) => id}
          isStale={isPlaceholderData}
        />
      )}
      <Pager
        cursors={cursors}
        pageInfo={{ hasNextPage: next !== null, endCursor: next }}
        rows={records.length}
        label="what happened"
      />
    </section>
  );
}

const columns: readonly Column<HistoryRecord>[] = [
  {
    head: 'What',
    isName: true,
    cell: ({ action, isAboutMe }) => (
      <>
        <span title={action}>{accountActions[action] ?? action}</span>
        {!isAboutMe && !action.startsWith('session.') && (
          <span className="quiet"> of something else than your account</span>
        )}
      </>
    ),
  },
  { head: 'When', cell: ({ at }) => <Time at={at} /> },
  { head: 'By', cell: ({ by }) => (by === 'ME' ? 'you' : <strong>{causes[by]}</strong>) },
  { head: 'Your address', size: 'short', cell: ({ ip }) => ip },
];

const causes: Readonly<Record<ConsoleCause, string>> = {
  ME: 'you',
  ANOTHER_USER: 'another user',
  API_CLIENT: 'an API client',
  ANONYMOUS: 'someone without a login',
  SYSTEM: 'the server',
};
