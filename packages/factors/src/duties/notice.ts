import type { AccountNotice, SqlTransaction } from 'graphql-gatehouse';
import { recoveredAt, recoveredSession } from '../recovery/recovered.ts';
import type { FactorsRuntime } from '../settings.ts';
import { type Act, actOf, opensAccount } from './acts.ts';
import { hasDoneOther, hasNewGroup, recordDuty, recordOpening, wasOpened } from './duties.store.ts';

/** What a recovery code does not permit: the own address, at once and by a link to another one, and the own password. */
const withheldActions: readonly string[] = [
  'user.updated',
  'email.change_requested',
  'password.changed',
];

/** For how long two acts are separated, and one of an account counts as done by everyone after it was opened. */
export const apartMs = 24 * 60 * 60_000;

type Runtime = Pick<FactorsRuntime, 'accounts' | 'errors' | 'settings'>;

/**
 * Remembers who has opened an account, and who has reset its factors or set its password or address. An own address or
 * password waits for 24 hours after a recovery code.
 *
 * @throws CONFLICT, RECOVERED_SESSION.
 * @throws CONFLICT, SEPARATE_DUTIES, when the same person may have done the other of both within 24 hours.
 */
export async function noteAccount(
  sql: SqlTransaction,
  notice: AccountNotice,
  runtime: Runtime,
): Promise<void> {
  const { userId, actorId, action, at, authenticatedAt } = notice;
  const isWithheld = actorId === userId && withheldActions.includes(action);
  if (isWithheld && recoveredAt(authenticatedAt, at) !== undefined) {
    throw recoveredSession(runtime.errors);
  }
  const act = actOf(notice);
  if (act !== undefined) await separate(sql, { notice, act }, runtime);
  if (opensAccount(notice)) await recordOpening(sql, userId, at);
}

interface NoticedAct {
  readonly notice: AccountNotice;
  readonly act: Act;
}

/** @throws CONFLICT, SEPARATE_DUTIES. */
async function separate(sql: SqlTransaction, noticed: NoticedAct, runtime: Runtime): Promise<void> {
  const { userId, actorId, at } = noticed.notice;
  const { duty } = noticed.act;
  const since = new Date(at.getTime() - apartMs);
  const isAnyones = await canBeAnyones(sql, { ...noticed, since }, runtime);
  const done = { userId, actorId: isAnyones ? null : actorId, duty };
  if (runtime.settings.FACTORS_SEPARATE_DUTIES === 'on' && (await hasDoneOther(sql, done, since))) {
    throw runtime.errors.conflict(
      'SEPARATE_DUTIES',
      'Within 24 hours, one administrator cannot reset both the factors and the password or address of an account, also not by an API client, or by an account that someone else has made, enabled or changed in this time.',
    );
  }
  await recordDuty(sql, done, at);
}

/**
 * Whether anyone can be behind an act. The secret of an API client can be known to everyone who may make one. An account
 * that someone else has opened can be used by that person, and so can one that only a new group admits to the field.
 */
async function canBeAnyones(
  sql: SqlTransaction,
  { notice, act, since }: NoticedAct & { readonly since: Date },
  { accounts }: Pick<Runtime, 'accounts'>,
): Promise<boolean> {
  const { userId, actor, actorId } = notice;
  if (actor !== 'USER' || actorId === null || (await wasOpened(sql, actorId, since))) return true;
  if (!(await hasNewGroup(sql, actorId, since))) return false;
  if (act.operation === undefined) return true;
  const operation = { text: act.operation, variables: { id: userId }, since };
  return !(await accounts.mayRun(sql, { kind: 'USER', id: actorId }, operation));
}
