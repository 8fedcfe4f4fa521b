import type { AccountFacts, ChangingAccount, Email, SqlTransaction } from 'graphql-gatehouse';
import type { MailContext, Parts } from '../parts.ts';
import { isLinkPurpose, type LinkPurpose } from '../purpose.ts';
import { isBound } from '../tokens/is-bound.ts';
import {
  cancelTokens,
  findLive,
  ofAccount,
  ofAddress,
  spend,
  type Token,
} from '../tokens/token.store.ts';
import { hashOf } from '../tokens/token.ts';

/** A token that a page has sent, and that was live when it came. */
export interface PresentedToken extends Token {
  readonly hash: string;
  readonly link: LinkPurpose['link'];
  readonly email: Email;
}

/** The error for every token that cannot be spent: it does not say why. */
export const linkEnded = ({ errors }: Pick<Parts, 'errors'>): Error =>
  errors.conflict('LINK_ENDED', 'This link was used, or has ended. Request another one.');

/** Finds a live token, before anything that takes time. @throws CONFLICT, LINK_ENDED. */
export async function requireToken(
  parts: Parts,
  { name: purpose, link }: LinkPurpose,
  text: string,
): Promise<PresentedToken> {
  const hash = hashOf(text);
  const found = hash && (await findLive(parts.sql, { hash, purpose }, parts.now()));
  if (!hash || !found) throw linkEnded(parts);
  const email = { text: found.address, key: found.addressKey };
  return Object.assign({}, found, { hash, link, email });
}

/** The user of a token that belongs to an account. */
export function requireUserId(parts: Parts, { userId }: Token): string {
  if (userId === null) throw linkEnded(parts);
  return userId;
}

/** A link that is used, in the transaction of its effect. */
interface Spending {
  readonly token: PresentedToken;
  /** The account that it belongs to. Absent for a link of no account. */
  readonly account?: AccountFacts;
  readonly at: Date;
}

/** Spends a token, and cancels the links that its use cancels. @throws CONFLICT, LINK_ENDED. */
export async function spendToken(
  parts: Parts,
  sql: SqlTransaction,
  { token, account, at }: Spending,
): Promise<void> {
  const { link, userId, purpose, addressKey } = token;
  if (!isBound(link, token, account) || !(await spend(sql, token, at))) throw linkEnded(parts);
  if (link.cancels === 'bound' && userId !== null) await cancelBound(parts, sql, { userId, at });
  if (link.cancels !== 'alike') return;
  const alike = userId === null ? ofAddress({ addressKey, purpose }) : ofAccount(userId, [purpose]);
  await cancelTokens(sql, alike, at);
}

interface LinkUse {
  readonly purpose: LinkPurpose;
  readonly text: string;
  readonly context: MailContext;
  readonly action: string;
  readonly ends: 'all' | 'none';
}

/** The account of a link, in the transaction that has spent its token. */
export interface ChangingByLink extends ChangingAccount {
  readonly token: PresentedToken;
  readonly userId: string;
}

/** Changes the account of a link in the transaction that spends its token. @throws CONFLICT, LINK_ENDED. */
export async function changeByLink(
  parts: Parts,
  { purpose, text, context, action, ends }: LinkUse,
  work: (sql: SqlTransaction, changing: ChangingByLink) => Promise<void>,
): Promise<true> {
  const token = await requireToken(parts, purpose, text);
  const userId = requireUserId(parts, token);
  const change = { context, userId, event: { action }, ends, allowedBy: 'link' } as const;
  await parts.accounts.change(change, async (sql, changing) => {
    await spendToken(parts, sql, Object.assign({ token }, changing));
    await work(sql, Object.assign({ token, userId }, changing));
  });
  return true;
}

/** Cancels all links that are bound to an account, such as when its address changes. */
export async function cancelBound(
  { purposes }: Pick<Parts, 'purposes'>,
  sql: SqlTransaction,
  { userId, at }: { readonly userId: string; readonly at: Date },
): Promise<void> {
  const bound = [...purposes.values()].filter(
    (purpose) => isLinkPurpose(purpose) && purpose.link.boundTo !== 'nothing',
  );
  const names = bound.map(({ name }) => name);
  await cancelTokens(sql, ofAccount(userId, names), at);
}
