import type { Origin } from '../changes/origin.ts';
import type { AccountNotice } from '../values/proof.ts';

/** Describes what happened to an account, and whose session did it, for packages. */
export function noticeOf(
  { actor, rights }: Origin,
  happened: Pick<AccountNotice, 'userId' | 'action' | 'at'>,
): AccountNotice {
  const viewer = rights?.viewer();
  const proved = viewer?.kind === 'user' ? (viewer.authenticatedAt ?? {}) : {};
  return { ...happened, actorId: actor?.id ?? null, proved };
}
