import type { AccountFacts, AccountNotice, SqlTransaction } from 'gatehouse';
import { boundToAddress } from '../account/change-email.ts';
import {
  findAddresses,
  forgetVerified,
  isCurrent,
  verifiedOf,
} from '../addresses/address.store.ts';
import { countNotices, queueMail } from '../outbox/outbox.store.ts';
import type { MailRuntime } from '../parts.ts';
import { cancelTokens } from '../tokens/token.store.ts';
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

/**
 * Informs a user of what happened to the account, by a mail to its verified address.
 *
 * @throws CONFLICT, MAIL_INSTEAD, for what the user does by a mail.
 */
export async function notify(
  sql: SqlTransaction,
  notice: AccountNotice,
  runtime: MailRuntime,
): Promise<void> {
  const { action, userId, emailBefore } = notice;
  if (silent.has(action)) return;
  const [account] = await runtime.accounts.find(sql, [userId]);
  if (account === undefined) return;
  if (emailBefore !== undefined) {
    await changeAddress(sql, { notice, account, emailBefore }, runtime);
  } else if (action === 'session.opened') {
    await noteDevice(sql, notice, account);
  } else {
    await noteChange(sql, { notice, account }, runtime);
  }
}

interface Noticed {
  readonly notice: AccountNotice;
  readonly account: AccountFacts;
}

/** An address that was set by `updateUser` is not verified, and the earlier one is informed. */
async function changeAddress(
  sql: SqlTransaction,
  { notice, account, emailBefore }: Noticed & { readonly emailBefore: string | null },
  { errors }: MailRuntime,
): Promise<void> {
  const { userId, actorId, at } = notice;
  const [known] = await findAddresses(sql, [userId]);
  const isOwn = actorId === userId;
  if (isOwn && isCurrent(known, { email: emailBefore })) {
    throw errors.conflict('MAIL_INSTEAD', 'Change a verified address by `changeEmail`.');
  }
  await forgetVerified(sql, userId);
  await cancelTokens(sql, { userId, purposes: boundToAddress }, at);
  // Users could send mails to strangers otherwise: an address that is not verified can be anyone's.
  if (emailBefore === null || isOwn) return;
  const values = { username: account.username };
  const mail = { purpose: 'address-changed', userId, address: emailBefore, values } as const;
  await queueMail(sql, Object.assign({ queue: 'ACCOUNT' as const }, mail), at);
}

const newDevice = 'session.new_device';

/** How many notices of new devices a user gets in an hour. */
const maxDeviceNotices = 5;

async function noteDevice(
  sql: SqlTransaction,
  { userId, at, client }: AccountNotice,
  account: AccountFacts,
): Promise<void> {
  const userAgent = client?.userAgent ?? '';
  if (!(await rememberDevice(sql, { userId, userAgent, at }))) return;
  if ((await countNotices(sql, { userId, action: newDevice, at })) >= maxDeviceNotices) return;
  await informUser(sql, account, { action: newDevice, userAgent, at });
}

async function noteChange(
  sql: SqlTransaction,
  { notice: { action, actorId, at }, account }: Noticed,
  { errors, settings }: MailRuntime,
): Promise<void> {
  const isByAdministrator = action === 'password.reset' && actorId !== null;
  if (isByAdministrator && settings.MAIL_RESETS_BY === 'mail') {
    if ((await verifiedOf(sql, account)) !== undefined) {
      throw errors.conflict(
        'MAIL_INSTEAD',
        'This user has a verified address: send a link by `sendPasswordReset`.',
      );
    }
  }
  await informUser(sql, account, { action, at });
}

interface Happened {
  readonly action: string;
  readonly userAgent?: string;
  readonly at: Date;
}

/** Queues a notice to the verified address of an account, if it has one. */
async function informUser(
  sql: SqlTransaction,
  account: AccountFacts,
  { at, ...values }: Happened,
): Promise<void> {
  const verified = await verifiedOf(sql, account);
  if (verified === undefined) return;
  const { address, locale } = verified;
  const mail = {
    queue: 'ACCOUNT',
    purpose: 'notice',
    userId: account.id,
    address,
    locale,
  } as const;
  const given = Object.assign({ username: account.username }, values);
  await queueMail(sql, Object.assign({ values: given }, mail), at);
}
