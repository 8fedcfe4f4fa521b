import { useData } from '../data.tsx';
import { fetchData } from '../fetch-data.ts';
import type { SessionsQuery } from '../generated/graphql.ts';
import { toBrowserName } from '../parts/browser-name.ts';
import { ChangeDialog } from '../parts/change-dialog.tsx';
import { toFactorNames } from '../parts/factor-names.ts';
import { Pager, useCursors } from '../parts/pager.tsx';
import { Empty, Loading, Unread } from '../parts/states.tsx';
import { type Column, Table } from '../parts/table.tsx';
import { Time } from '../parts/time.tsx';
import { useDialog } from '../parts/use-dialog.ts';
import { useAllowed } from '../use-allowed.ts';
import { EndSessionDocument, SessionsDocument } from './session-documents.ts';

type Session = NonNullable<SessionsQuery['user']>['sessions'][number];

const pageSize = 20;

/** The sessions of a user that are alive, newest first. */
export function SessionsPart({ id }: { readonly id: string }) {
  const cursors = useCursors('sessions', id);
  const { data, error, isPlaceholderData, refetch } = useData(SessionsDocument, {
    id,
    after: cursors.after ?? null,
  });
  const { dialog, open } = useDialog();
  if (data === undefined) return <Unread error={error} onRetry={refetch} rows={3} />;
  const read = data.user?.sessions ?? [];
  const sessions = read.slice(0, pageSize);
  const [first] = sessions;
  const end = (session: Session) =>
    open((onClose) => <EndDialog session={session} onClose={onClose} />);
  return (
    <section aria-label="Sessions">
      {first === undefined ? (
        <Empty>This user has no session.</Empty>
      ) : (
        <SessionTable id={first.id} sessions={sessions} isStale={isPlaceholderData} onEnd={end} />
      )}
      <Pager
        cursors={cursors}
        pageInfo={{
          hasNextPage: read.length > pageSize,
          endCursor: sessions.at(-1)?.id ?? null,
        }}
        rows={sessions.length}
        label="sessions"
      />
      {dialog}
    </section>
  );
}

interface SessionTableProps {
  /** The id of one of them. Whether the viewer may end it is asked of one: the others belong to the same user. */
  readonly id: string;
  readonly sessions: readonly Session[];
  readonly isStale: boolean;
  readonly onEnd: (session: Session) => void;
}

function SessionTable({ id, sessions, isStale, onEnd }: SessionTableProps) {
  const { data: may } = useAllowed(
    `session ${id}`,
    new Map([['end', [{ run: EndSessionDocument, variables: { id } }]]]),
  );
  if (may === undefined) return <Loading rows={3} />;
  return (
    <Table
      caption="Sessions"
      columns={may.includes('end') ? [...columns, toEnd(onEnd)] : columns}
      rows={sessions}
      keyOf={(session) => session.id}
      isStale={isStale}
    />
  );
}

const columns: readonly Column<Session>[] = [
  {
    head: 'What',
    isName: true,
    cell: ({ userAgent, current }) => (
      <>
        {userAgent === null ? (
          <span className="quiet">not said</span>
        ) : (
          <span title={userAgent}>{toBrowserName(userAgent)}</span>
        )}
        {current && <span className="good"> This is your session.</span>}
      </>
    ),
  },
  {
    head: 'Address',
    size: 'short',
    cell: ({ ip }) => ip ?? <span className="quiet">unknown</span>,
  },
  { head: 'Signed in', cell: ({ createdAt }) => <Time at={createdAt} /> },
  { head: 'Last used', cell: ({ lastUsedAt }) => <Time at={lastUsedAt} /> },
  { head: 'Ends', cell: ({ expiresAt }) => <Time at={expiresAt} /> },
  {
    head: 'Signed in with',
    cell: ({ authentications }) => toFactorNames(authentications.map(({ factor }) => factor)),
  },
];

const toEnd = (end: (session: Session) => void): Column<Session> => ({
  head: 'Change',
  align: 'end',
  cell: (session) => (
    <button
      type="button"
      aria-label={`End the session of ${shortNameOf(session)}`}
      onClick={() => end(session)}
    >
      End
    </button>
  ),
});

const shortNameOf = ({ userAgent, ip, id }: Session): string =>
  userAgent === null ? (ip ?? id) : toBrowserName(userAgent);

const nameOf = ({ userAgent, ip }: Session): string =>
  `${userAgent === null ? 'an unnamed client' : toBrowserName(userAgent)} at ${ip ?? 'an unknown address'}`;

const EndDialog = ({
  session,
  onClose,
}: {
  readonly session: Session;
  readonly onClose: () => void;
}) => (
  <ChangeDialog
    title="End a session"
    action="End"
    isDangerous
    onSend={async () => {
      await fetchData(EndSessionDocument, { id: session.id });
      return {
        subjectId: session.id,
        text: `The session of ${nameOf(session)} has ended.`,
        endsOwnSession: session.current,
      };
    }}
    onClose={onClose}
  >
    <p>
      The session of {nameOf(session)} ends immediately.{' '}
      {session.current
        ? 'It is your own: you must log in again.'
        : 'Its user must log in again there.'}
    </p>
  </ChangeDialog>
);
