import { randomBytes, randomUUID } from 'node:crypto';
import {
  addInvitation,
  findInvitation,
  listInvitations,
  removeInvitation,
} from '../../../packages/mail/src/account/invitation.store.ts';
import {
  findAddresses,
  findByAddress,
  markBounced,
  saveLocale,
  saveVerified,
} from '../../../packages/mail/src/addresses/address.store.ts';
import { findTaken, takeVerified } from '../../../packages/mail/src/addresses/taken.store.ts';
import { checkQueue } from '../../../packages/mail/src/doctor.ts';
import { rememberDevice } from '../../../packages/mail/src/notices/device.store.ts';
import {
  cancelMails,
  claimMail,
  countNotices,
  finishMail,
  hasDueMail,
  noteArrival,
  queueMail,
} from '../../../packages/mail/src/outbox/outbox.store.ts';
import { createSenderLease } from '../../../packages/mail/src/outbox/sender-lease.ts';
import { removeExpired } from '../../../packages/mail/src/remove-expired.ts';
import { requestMail } from '../../../packages/mail/src/requests/request.store.ts';
import {
  addToken,
  beginLife,
  cancelTokens,
  countTokens,
  findLive,
  findOfMail,
  hasTokens,
  liveOf,
  liveOfAddress,
  madeAfter,
  madeSince,
  ofAccount,
  ofAddress,
  ofMail,
  spend,
  takeAttempt,
} from '../../../packages/mail/src/tokens/token.store.ts';
import {
  countWaiting,
  finishRun,
  lockRun,
  moveRun,
  startRun,
} from '../../../packages/mail/src/verify-all/verify-all.store.ts';
import type { Sql } from '../../../src/package.ts';

const idOf = (n: number, part = '8000') =>
  `00000000-0000-7000-${part}-${n.toString(16).padStart(12, '0')}`;

/** Rows of a database that `fillMails` has filled. */
export interface FilledMails {
  readonly users: number;
  readonly at: Date;
}

/** Calls all functions of the stores of `@graphql-gatehouse/mail` with rows of a filled database, by what they work with. */
export function createStoreCalls({
  users,
  at,
}: FilledMails): Readonly<Record<string, (sql: Sql) => Promise<void>>> {
  const userId = idOf(users - 1);
  const text = `user-${users - 1}@example.org`;
  const [email, address] = [
    { text, key: text },
    { address: text, addressKey: text },
  ];
  const [mailId, invitationId] = [idOf(7, 'b000'), idOf(7, 'c000')];
  const later = new Date(at.getTime() + 60 * 24 * 60 * 60 * 1000);
  return {
    async requests(sql) {
      const request = { purpose: 'reset', ...address, app: null, locale: null } as const;
      await requestMail(sql, { ...request, sender: '203.0.113.7' }, at);
    },
    async mails(sql) {
      await queueMail(sql, { queue: 'ACCOUNT', purpose: 'notice', address: text, userId }, at);
      await hasDueMail(sql, 'ACCOUNT', at);
      const claimed = await claimMail(sql, { queue: 'ACCOUNT', at, jitter: 0 });
      await noteArrival(sql, claimed?.id ?? '');
      await finishMail(sql, claimed?.id ?? '', { outcome: 'SENT', at });
      await cancelMails(sql, 'waiting-7@example.org', at);
      await countNotices(sql, { userId, purpose: 'notice', action: 'session.new_device' }, at);
    },
    async leases(sql) {
      const lease = createSenderLease({ sql, now: () => at, queue: 'ACCOUNT', node: randomUUID() });
      await lease.take();
      await lease.release();
    },
    async tokens(sql) {
      const [newId, hash] = [randomUUID(), randomBytes(32).toString('hex')];
      const token = { id: newId, mailId, purpose: 'reset', userId, locale: null } as const;
      await addToken(sql, { ...token, ...address, passwordVersion: 0 }, at);
      const account = { id: userId, passwordVersion: 0 };
      await countTokens(sql, liveOf({ account, purpose: 'reset' }, at));
      await countTokens(sql, madeSince({ userId, purpose: 'reset' }, at));
      await hasTokens(sql, mailId);
      const ofSignUp = { addressKey: text, purpose: 'sign-up' };
      await countTokens(sql, liveOfAddress(ofSignUp, at));
      await findOfMail(sql, mailId);
      await beginLife(sql, { id: newId, hash, expiresAt: later });
      await findLive(sql, { hash, purpose: 'reset' }, at);
      await takeAttempt(sql, hash);
      await spend(sql, { hash, purpose: 'reset' }, at);
      await cancelTokens(sql, ofAccount(userId, ['reset', 'address']), at);
      await cancelTokens(sql, madeAfter({ id: newId, userId, purpose: 'undo' }), at);
      await cancelTokens(sql, ofMail(mailId), at);
      await cancelTokens(sql, ofAddress(ofSignUp), at);
    },
    async addresses(sql) {
      await findAddresses(sql, [userId, idOf(users - 2)]);
      await findByAddress(sql, { addressKey: text, limit: 50 });
      await saveVerified(sql, { userId, email, locale: null }, at);
      await saveLocale(sql, { userId, locale: 'de' });
      await markBounced(sql, text, at);
      await takeVerified(sql, { userId, emailBefore: text }, at);
      await findTaken(sql, userId, at);
    },
    async invitations(sql) {
      const inviter = { inviterKind: 'USER', inviterId: userId, groups: null } as const;
      await addInvitation(sql, { id: randomUUID(), ...address, ...inviter, endsAt: later }, at);
      await findInvitation(sql, invitationId);
      const [first] = await listInvitations(sql, { after: undefined, limit: 20, at });
      await listInvitations(sql, { after: first, limit: 20, at });
      await removeInvitation(sql, invitationId);
    },
    async devices(sql) {
      await rememberDevice(sql, { userId, userAgent: 'Firefox/128.0', at });
    },
    async 'verification runs'(sql) {
      await startRun(sql, at);
      await lockRun(sql);
      await countWaiting(sql, 100);
      await moveRun(sql, userId);
      await finishRun(sql, at);
    },
    async 'what is over'(sql) {
      await removeExpired({ sql, now: () => at }, () => false);
    },
    async 'checks of the outbox'(sql) {
      await checkQueue({ sql, now: () => at });
    },
  };
}
