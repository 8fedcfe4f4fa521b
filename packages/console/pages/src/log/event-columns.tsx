import type { LogQuery } from '../generated/graphql.ts';
import type { Column } from '../parts/table.tsx';
import { Time } from '../parts/time.tsx';
import { PersonLink } from '../person/person-link.tsx';
import { ProgramLink } from '../programs/program-link.tsx';
import { toHash } from '../route.ts';

export type AuditEvent = LogQuery['auditEvents']['edges'][number]['node'];

/** Who did it. */
export const Actor = ({ actor }: Pick<AuditEvent, 'actor'>) =>
  actor === null ? <span className="quiet">no account</span> : <AccountLink account={actor} />;

/** What was changed: an account by its name, or a link to all records about this id. */
export const Subject = ({ subject, subjectId }: Pick<AuditEvent, 'subject' | 'subjectId'>) =>
  subject !== null ? (
    <AccountLink account={subject} />
  ) : (
    subjectId !== null && (
      <a href={toHash(['log'], { subject: subjectId })}>
        <code>{subjectId}</code>
      </a>
    )
  );

const AccountLink = ({ account }: { readonly account: NonNullable<AuditEvent['actor']> }) =>
  account.__typename === 'User' ? (
    <PersonLink person={account} />
  ) : (
    <ProgramLink program={account} />
  );

/** The columns of records. The action opens all of a record. */
export const eventColumns = (open: (event: AuditEvent) => void): readonly Column<AuditEvent>[] => [
  {
    head: 'Action',
    isName: true,
    cell: (event) => (
      <button type="button" className="link" aria-haspopup="dialog" onClick={() => open(event)}>
        {event.action}
      </button>
    ),
  },
  { head: 'When', cell: ({ at }) => <Time at={at} /> },
  { head: 'Who', cell: ({ actor }) => <Actor actor={actor} /> },
  {
    head: 'Whom',
    cell: ({ subject, subjectId }) => <Subject subject={subject} subjectId={subjectId} />,
  },
  {
    head: 'Detail',
    size: 'long',
    cell: ({ detail }) => detail !== null && <span className="clamped">{detail}</span>,
  },
  { head: 'Address', size: 'short', cell: ({ ip }) => ip },
];
