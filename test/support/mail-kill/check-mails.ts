import type pg from 'pg';
import { expect } from 'vitest';
import { linksOf } from '../mail/mail-server.ts';
import type { ReceivedMail } from '../mail/smtp-server.ts';
import type { Caused } from './causes.ts';
import type { MailNodes } from './mail-nodes.ts';

/** Waits until every mail was sent or given up. */
export const drain = ({ sql }: Pick<MailNodes, 'sql'>): Promise<void> =>
  expect
    .poll(() => countRows(sql, 'SELECT 1 FROM gatehouse_mail.outbox WHERE done_at IS NULL'), {
      timeout: 120_000,
      interval: 200,
    })
    .toBe(0);

async function countRows(sql: pg.Client, statement: string): Promise<number> {
  return (await sql.query(statement)).rows.length;
}

/** What became of all mails. Nothing is wrong when `lost`, `unknown`, `unqueued` and `faults` are empty. */
export interface Balance {
  /** Mails in the outbox. */
  readonly queued: number;
  readonly arrived: number;
  /** Arrivals of a mail that had arrived before. */
  readonly doubles: number;
  /** Mails in the outbox that never arrived. */
  readonly lost: readonly string[];
  /** Mails that arrived, but are not in the outbox. */
  readonly unknown: readonly string[];
  /** What was answered, but has no mail in the outbox. */
  readonly unqueued: readonly string[];
  readonly faults: readonly string[];
}

/** Compares what was answered, the rows of the database and the mails that arrived. */
export async function balanceMails(
  { sql, mails }: Pick<MailNodes, 'sql' | 'mails'>,
  caused: Caused,
): Promise<Balance> {
  const { rows } = await sql.query<OutboxRow>(outboxStatement);
  const ids = new Set(rows.map(({ id }) => id));
  const copies = groupById(mails());
  const subjects = new Set(rows.map(({ subject }) => subject));
  const { resets, invitations, changes } = caused;
  return {
    queued: ids.size,
    arrived: mails().length,
    doubles: mails().length - copies.size,
    lost: [...ids].filter((id) => !copies.has(id)),
    unknown: [...copies.keys()].filter((id) => !ids.has(id)),
    unqueued: [...resets, ...invitations, ...changes].filter((each) => !subjects.has(each)),
    faults: [
      ...rows
        .filter(({ outcome }) => outcome !== 'SENT')
        .map(({ subject, outcome }) => `${outcome}: ${subject}`),
      ...[...copies].flatMap(([id, all]) => (haveSameLinks(all) ? [] : [`other links: ${id}`])),
      ...(await findHalves(sql)),
    ],
  };
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

async function findHalves(sql: pg.Client): Promise<readonly string[]> {
  const found: string[] = [];
  for (const [what, statement] of Object.entries(halves)) {
    const count = await countRows(sql, statement);
    if (count > 0) found.push(`${what}: ${count}`);
  }
  return found;
}
