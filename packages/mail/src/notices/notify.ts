import type { AccountFacts, AccountNotice, SqlTransaction } from 'graphql-gatehouse';
import { cancelBound } from '../account/presented-token.ts';
import { verifiedOf } from '../addresses/address.store.ts';
import { findTaken, type TakenAddress, takeVerified } from '../addresses/taken.store.ts';
import type { QueuedMail } from '../outbox/mail.ts';
import { countNotices, queueMail } from '../outbox/outbox.store.ts';
import type { Purposes } from '../purpose.ts';
import { addressChanged, newDevice, notice as noticeMail } from '../purposes.ts';
import type { MailRuntime } from '../settings.ts';
import { rememberDevice } from './device.store.ts';

/** What the fields of this package record. Its own mails say it. */
const silent: ReadonlySet<string> = new Set([
  'password.reset_sent',
  'email.verification_sent',
  'email.verified',
  'email.change_requested',
  'email.changed',
  'email_undo.declined',
  'invitation.accepted',
]);

/** The runtime: a notice does not open the package. */
interface Runtime extends MailRuntime {
  readonly purposes: Purposes;
}

/** What happened to an account, in the transaction of its cause. */
interface Happened {
  readonly sql: SqlTransaction;
  readonly notice: AccountNotice;
  readonly account: AccountFacts;
  readonly parts: Runtime;
}

/**
 * Informs a user of what happened to the account, by a mail to its verified address, and to those that others have taken
 * from it within 24 hours.
 *
 * @throws CONFLICT, MAIL_INSTEAD, for what the user does by a mail.
 */
export async function notify(
  sql: SqlTransaction,
  notice: AccountNotice,
  parts: Runtime,
): Promise<void> {
  const { action, userId, emailBefore } = notice;
  if (silent.has(action)) return;
  const [account] = await parts.accounts.find(sql, [userId]);
  if (account === undefined) return;
  const note = notes.get(action) ?? (emailBefore === undefined ? noteChange : changeAddress);
  await note({ sql, notice, account, parts });
}

/** An address that was set without a mail is not verified, and the earlier one is informed. */
async function changeAddress(happened: Happened): Promise<void> {
  const { sql, notice, parts } = happened;
  const { userId, actorId, at, emailBefore = null } = notice;
  const isOwn = actorId === userId;
  const before = { id: userId, email: emailBefore };
  if (isOwn && (await verifiedOf(sql, before)) !== undefined) {
    throw parts.errors.conflict('MAIL_INSTEAD', 'Change a verified address by `changeEmail`.');
  }
  await takeVerified(sql, { userId, emailBefore }, at);
  await cancelBound(parts, sql, { userId, at });
  // Users could send mails to strangers otherwise: an address that is not verified can be anyone's.
  if (isOwn) return;
  const taken = await findTaken(sql, userId, at);
  const isKnown = emailBefore === null || taken.some(({ address }) => address === emailBefore);
  const locale = taken.at(-1)?.locale ?? null;
  const to = isKnown ? taken : [...taken, { address: emailBefore, locale }];
  await inform(happened, { purpose: addressChanged.name }, to);
}

/** How many notices of new devices a user gets in an hour. */
const maxDeviceNotices = 5;

async function noteDevice(happened: Happened): Promise<void> {
  const { sql, notice } = happened;
  const { userId, at, client } = notice;
  const userAgent = client?.userAgent ?? '';
  if (!(await rememberDevice(sql, { userId, userAgent, at }))) return;
  const kind = { userId, purpose: noticeMail.name, action: newDevice };
  if ((await countNotices(sql, kind, at)) >= maxDeviceNotices) return;
  await informOf(happened, { action: newDevice, userAgent });
}

async function noteChange(happened: Happened): Promise<void> {
  const { parts } = happened;
  const { action, actorId } = happened.notice;
  const isByAdministrator = action === 'password.reset' && actorId !== null;
  if (isByAdministrator && parts.settings.MAIL_RESETS_BY === 'mail') {
    if ((await findInformed(happened)).length > 0) {
      const message =
        'This user has a verified address: send a link by `sendPasswordReset`. One that someone else has changed counts for 24 hours.';
      throw parts.errors.conflict('MAIL_INSTEAD', message);
    }
  }
  await informOf(happened, { action });
}

/** Queues a notice to the addresses of an account that can be informed. */
const informOf = async (happened: Happened, values: QueuedMail['values']): Promise<void> =>
  inform(happened, { purpose: noticeMail.name, values }, await findInformed(happened));

/** Finds the verified address of an account, and those that others have taken from it within 24 hours. */
async function findInformed({
  sql,
  account,
  notice: { at },
}: Happened): Promise<readonly TakenAddress[]> {
  const taken = await findTaken(sql, account.id, at);
  const verified = await verifiedOf(sql, account);
  if (verified === undefined) return taken;
  return [verified, ...taken.filter(({ address }) => address !== verified.address)];
}

async function inform(
  { sql, account, notice: { at } }: Happened,
  { purpose, values }: { readonly purpose: string; readonly values?: QueuedMail['values'] },
  to: readonly TakenAddress[],
): Promise<void> {
  const about = { userId: account.id, values: { username: account.username, ...values } };
  for (const { address, locale } of to) {
    await queueMail(sql, { queue: 'ACCOUNT', purpose, address, locale, ...about }, at);
  }
}

/** By the action of the event. */
const notes: ReadonlyMap<string, (happened: Happened) => Promise<void>> = new Map([
  ['session.opened', noteDevice],
  // The restored address is verified.
  ['email.restored', noteChange],
]);
