import { useState } from 'react';
import { useData } from '../data.tsx';
import type { LogQuery } from '../generated/graphql.ts';
import { LogDocument } from '../log/log-documents.ts';
import { Select } from '../parts/field.tsx';
import { Pager, useCursors } from '../parts/pager.tsx';
import { Empty, Failed, Loading } from '../parts/states.tsx';
import { type Column, Table } from '../parts/table.tsx';
import { Time } from '../parts/time.tsx';
import { PersonLink } from './person-link.tsx';

type AuditEvent = LogQuery['auditEvents']['edges'][number]['node'];

const sides = [
  { value: 'actor', text: 'What this person did' },
  { value: 'subject', text: 'What was done to this account' },
] as const;

/** What is recorded of a user: as the one who did it, or as the account that it was done to. */
export function LogPart({ id }: { readonly id: string }) {
  const [side, setSide] = useState<string>('actor');
  const cursors = useCursors(side);
  const { data, error, isPlaceholderData, refetch } = useData(LogDocument, {
    ...(side === 'actor' ? { actorId: id } : { subjectId: id }),
    after: cursors.after ?? null,
  });
  return (
    <section aria-label="Log">
      <div className="filters">
        <Select
          label="Shown"
          options={sides}
          value={side}
          onChange={({ currentTarget }) => setSide(currentTarget.value)}
        />
      </div>
      {error ? (
        <Failed error={error} onRetry={refetch} />
      ) : data === undefined ? (
        <Loading rows={6} />
      ) : (
        <>
          {data.auditEvents.edges.length === 0 ? (
            <Empty>Nothing is recorded.</Empty>
          ) : (
            <Table
              caption={sides.find(({ value }) => value === side)?.text ?? ''}
              columns={[action, when, side === 'actor' ? to(id) : by, detail, address]}
              rows={data.auditEvents.edges.map(({ node }) => node)}
              keyOf={(event) => event.id}
              isStale={isPlaceholderData}
            />
          )}
          <Pager cursors={cursors} pageInfo={data.auditEvents.pageInfo} label="records" />
        </>
      )}
    </section>
  );
}

const action: Column<AuditEvent> = { head: 'Action', isName: true, cell: (event) => event.action };
const when: Column<AuditEvent> = { head: 'When', cell: ({ at }) => <Time at={at} /> };
const detail: Column<AuditEvent> = { head: 'Detail', cell: (event) => event.detail };
const address: Column<AuditEvent> = { head: 'Address', cell: ({ ip }) => ip };

const by: Column<AuditEvent> = {
  head: 'By',
  cell: ({ actor }) =>
    actor === null ? (
      <span className="quiet">the system, or unknown</span>
    ) : actor.__typename === 'User' ? (
      <PersonLink person={actor} />
    ) : (
      <bdi>{actor.name}</bdi>
    ),
};

const to = (id: string): Column<AuditEvent> => ({
  head: 'To',
  cell: ({ subjectId }) =>
    subjectId === null ? null : subjectId === id ? 'this account' : <code>{subjectId}</code>,
});
