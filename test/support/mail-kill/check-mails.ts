import { expect } from 'vitest';
import { linksOf } from '../mail/mail-server.ts';
import type { ReceivedMail } from '../mail/smtp-server.ts';
import type { Findings } from '../rounds.ts';
import type { Caused } from './causes.ts';
import type { MailNodes } from './kill-rounds.ts';

/** Waits until every mail was sent or given up. */
export const drain = ({ sql }: Pick<MailNodes, 'sql'>): Promise<void> =>
  expect
    .poll(() => countRows(sql, 'SELECT 1 FROM gatehouse_mail.outbox WHERE done_at IS NULL'), {
      timeout: 120_000,
      interval: 200,
    })
    .toBe(0);

async function countRows(sql: MailNodes['sql'], statement: string): Promise<number> {
  return (await sql.query(statement)).rows.length;
}

/** Compares what was answered, the rows of the database and the mails that arrived. */
export async function balanceMails(
  { sql, mails }: Pick<MailNodes, 'sql' | 'mails'>,
  caused: Caused,
  found: Findings,
): Promise<void> {
  const { rows } = await sql.query<OutboxRow>(outboxStatement);
  const ids = new Set(rows.map(({ id }) => id));
  const copies = groupById(mails());
  const subjects = new Set(rows.map(({ subject }) => subject));
  const lost = [...ids].filter((id) => !copies.has(id));
  found.count('answered', caused.answered.length);
  found.count('unanswered', caused.unanswered);
  found.count('queued', ids.size);
  found.count('arrived', mails().length);
  found.count('doubled', mails().length - copies.size);
  found.count('lost', lost.length);
  for (const id of lost) found.fault(`lost: ${id}`);
  for (const id of copies.keys()) found.check(ids.has(id), `not in the outbox: ${id}`);
  for (const each of caused.answered)
    found.check(subjects.has(each), `answered, but not queued: ${each}`);
  for (const { subject, outcome } of rows) {
    found.check(outcome === 'SENT', `${outcome}: ${subject}`);
  }
  for (const [id, all] of copies) found.check(haveSameLinks(all), `other links: ${id}`);
  for (const [what, statement] of Object.entries(halves)) {
    const count = await countRows(sql, statement);
    found.check(count === 0, `${what}: ${count}`);
  }
}

interface OutboxRow {
  readonly id: string;
  /** The address, or the user of a notice. */
  readonly subject: string;
  readonly outcome: string | null;
}

const outboxStatement = `SELECT mail.id::text, outcome, coalesce(username, address) AS subject
  FROM gatehouse_mail.outbox AS mail LEFT JOIN gatehouse.users AS owner ON owner.id = mail.user_id`;

/** The id of a mail in the outbox is a part of the ID of its message. */
export const idOf = ({ messageId = '' }: Pick<ReceivedMail, 'messageId'>): string =>
  messageId.slice(1, messageId.indexOf('@'));

function groupById(mails: readonly ReceivedMail[]): ReadonlyMap<string, readonly ReceivedMail[]> {
  const groups = new Map<string, ReceivedMail[]>();
  for (const mail of mails) groups.set(idOf(mail), [...(groups.get(idOf(mail)) ?? []), mail]);
  return groups;
}

const haveSameLinks = (copies: readonly ReceivedMail[]): boolean =>
  new Set(copies.map((mail) => linksOf(mail).join('\n'))).size === 1;

/** Rows that belong together, of which one is missing, and what was done twice. */
const halves: Readonly<Record<string, string>> = {
  'an invitation without a token, or a mail': `SELECT FROM gatehouse_mail.invitations AS invitation
    WHERE NOT EXISTS (SELECT FROM gatehouse_mail.tokens AS token JOIN gatehouse_mail.outbox AS mail ON mail.id = mail_id
      WHERE invitation_id = invitation.id)`,
  'an invitation without an event': `SELECT FROM gatehouse_mail.invitations AS invitation WHERE NOT EXISTS (
    SELECT FROM gatehouse.audit_events WHERE action = 'user.invited' AND subject_id = invitation.id)`,
  'an event without an invitation': `SELECT FROM gatehouse.audit_events WHERE action = 'user.invited'
    AND subject_id NOT IN (SELECT id FROM gatehouse_mail.invitations)`,
  'a token without a mail': `SELECT FROM gatehouse_mail.tokens
    WHERE mail_id NOT IN (SELECT id FROM gatehouse_mail.outbox)`,
  'a mail with no token, or several': `SELECT FROM gatehouse_mail.outbox AS mail WHERE purpose <> 'notice'
    AND (SELECT count(*) FROM gatehouse_mail.tokens WHERE mail_id = mail.id) <> 1`,
  'a sent token whose life has not begun': `SELECT FROM gatehouse_mail.tokens
    WHERE hash IS NULL OR expires_at IS NULL`,
  'a changed password with no notice, or several': `SELECT FROM gatehouse.users AS changed
    WHERE password_version <> (SELECT count(*) FROM gatehouse_mail.outbox WHERE user_id = changed.id)`,
  'a token of a user with no event, or several': `SELECT FROM gatehouse_mail.tokens AS token WHERE user_id IS NOT NULL
    AND (SELECT count(*) FROM gatehouse.audit_events WHERE action = 'link.made' AND subject_id = user_id) <> 1`,
};
