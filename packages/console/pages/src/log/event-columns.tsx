import type { LogQuery } from '../generated/graphql.ts';
import type { Column } from '../parts/table.tsx';
import { TimeOfDay } from '../parts/time.tsx';
import { PersonLink } from '../person/person-link.tsx';
import { ProgramLink } from '../programs/program-link.tsx';
import { toHash } from '../route.ts';
import { isRefusal, toActionWords } from './action-words.ts';
import { ownerOf, toDetailWords } from './detail-words.ts';

export type AuditEvent = LogQuery['auditEvents']['edges'][number]['node'];

type Account = NonNullable<AuditEvent['actor']>;

/** Who did it. */
export const Actor = ({ actor }: Pick<AuditEvent, 'actor'>) =>
  actor === null ? <span className="quiet">no account</span> : <AccountLink account={actor} />;

/** What was changed: an account by its name, or a link to all records about this id. */
export const Subject = ({ subject, subjectId }: Pick<AuditEvent, 'subject' | 'subjectId'>) =>
  subject !== null ? (
    <AccountLink account={subject} />
  ) : (
    subjectId !== null && <IdLink id={subjectId} />
  );

const AccountLink = ({ account }: { readonly account: Account }) =>
  account.__typename === 'User' ? (
    <PersonLink person={account} />
  ) : (
    <ProgramLink program={account} />
  );

/** The last part of an id: the first is much the same for what was made at about the same time. */
const IdLink = ({ id }: { readonly id: string }) => (
  <a href={toHash(['log'], { subject: id })} title={id}>
    <code>…{id.slice(-12)}</code>
  </a>
);

/** Accounts by their ids. */
type Accounts = ReadonlyMap<string, Account>;

/** Returns the accounts that records name. */
export const accountsOf = (events: readonly AuditEvent[]): Accounts =>
  new Map(
    events
      .flatMap(({ actor, subject }) => [actor, subject])
      .filter((account) => account !== null)
      .map((account) => [account.id, account]),
  );

interface WhomProps {
  readonly event: AuditEvent;
  readonly accounts: Accounts;
}

/** Whom a record is about, unless it is who did it. Of a session, that is its user. */
function Whom({ event: { actor, subject, subjectId, ...others }, accounts }: WhomProps) {
  const id = ownerOf(others) ?? subjectId;
  if (id === null || id === actor?.id) return null;
  const account = subject ?? accounts.get(id);
  return account === undefined ? <IdLink id={id} /> : <AccountLink account={account} />;
}

interface EventColumns {
  readonly open: (event: AuditEvent) => void;
  readonly accounts: Accounts;
}

/** The columns of records, which make a sentence. What was done opens all of a record. */
export const eventColumns = ({ open, accounts }: EventColumns): readonly Column<AuditEvent>[] => [
  { head: 'Time', cell: ({ at }) => <TimeOfDay at={at} /> },
  { head: 'Who', cell: ({ actor }) => <Actor actor={actor} /> },
  {
    head: 'What',
    isName: true,
    cell: (event) => (
      <button
        type="button"
        className={isRefusal(event.action) ? 'link warn' : 'link'}
        title={event.action}
        aria-haspopup="dialog"
        onClick={() => open(event)}
      >
        {toActionWords(event.action)}
      </button>
    ),
  },
  { head: 'Whom', cell: (event) => <Whom event={event} accounts={accounts} /> },
  {
    head: 'Detail',
    size: 'long',
    cell: ({ action, detail }) =>
      detail !== null && <span className="clamped">{toDetailWords({ action, detail })}</span>,
  },
  { head: 'Address', size: 'short', cell: ({ ip }) => ip },
];
