import type { Parts } from '../parts.ts';
import type { LinkPurpose } from '../purposes.ts';
import { findLive, type Token } from '../tokens/token.store.ts';
import { hashOf } from '../tokens/token.ts';

/** The arguments of fields that spend the token of a link. */
export interface HasToken {
  readonly token: string;
}

/** A token that a page has sent, and that was live when it came. */
export interface PresentedToken extends Token {
  readonly hash: string;
}

/** The error for every token that cannot be spent: it does not say why. */
export const linkEnded = ({ errors }: Pick<Parts, 'errors'>): Error =>
  errors.conflict('LINK_ENDED', 'This link was used, or has ended. Ask for another one.');

/** Finds a live token, before anything that takes time. @throws CONFLICT, LINK_ENDED. */
export async function requireToken(
  parts: Parts,
  purpose: LinkPurpose,
  text: string,
): Promise<PresentedToken> {
  const hash = hashOf(text);
  if (hash === undefined) throw linkEnded(parts);
  const found = await findLive(parts.sql, { hash, purpose }, parts.now());
  if (found === undefined) throw linkEnded(parts);
  return Object.assign({}, found, { hash });
}

/** The user of a token that belongs to an account. */
export function requireUserId(parts: Parts, { userId }: Token): string {
  if (userId === null) throw linkEnded(parts);
  return userId;
}
