import type { ReactNode } from 'react';
import { useData } from '../data.tsx';
import { Pager, type useCursors } from '../parts/pager.tsx';
import { Empty, Unread } from '../parts/states.tsx';
import { Table } from '../parts/table.tsx';
import { toDayOfWeek } from '../parts/time.tsx';
import { useDialog } from '../parts/use-dialog.ts';
import { accountsOf, eventColumns } from './event-columns.tsx';
import { EventDialog } from './event-dialog.tsx';
import { LogDocument } from './log-documents.ts';
import type { LogFilter } from './log-filter.ts';
import './log.css';

interface EventListProps {
  readonly caption: string;
  readonly filter: LogFilter;
  readonly cursors: ReturnType<typeof useCursors>;
  /** Shown where nothing is found. */
  readonly empty?: ReactNode;
}

/** Records by pages, the latest first. Texts in them were chosen by others, and are shown as text. */
export function EventList({
  caption,
  filter,
  cursors,
  empty = 'Nothing is recorded.',
}: EventListProps) {
  const { dialog, open } = useDialog();
  const { data, error, isPlaceholderData, refetch } = useData(LogDocument, {
    ...filter,
    after: cursors.after ?? null,
  });
  if (data === undefined) return <Unread error={error} onRetry={refetch} rows={14} />;
  const { edges, pageInfo } = data.auditEvents;
  const events = edges.map(({ node }) => node);
  return (
    <>
      {events.length === 0 ? (
        <Empty>{empty}</Empty>
      ) : (
        <Table
          caption={caption}
          columns={eventColumns({
            open: (event) => open((onClose) => <EventDialog event={event} onClose={onClose} />),
            accounts: accountsOf(events),
          })}
          rows={events}
          keyOf={({ id }) => id}
          headingOf={({ at }) => toDayOfWeek(at)}
          isStale={isPlaceholderData}
        />
      )}
      <Pager cursors={cursors} pageInfo={pageInfo} rows={edges.length} label="records" />
      {dialog}
    </>
  );
}
