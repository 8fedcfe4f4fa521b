import type { ProofAttempt, RightProof, WrongProof } from 'graphql-gatehouse';
import { createRandomUuid } from 'graphql-gatehouse/package';
import { takeAddressAttempt } from '../address-attempts.ts';
import { giveGroups } from '../groups/give-groups.ts';
import { findIdentity, takeGroupsTurn, useIdentity } from '../identities/identity.store.ts';
import { provider, verifiedProvider } from '../kinds.ts';
import { recordOpening } from '../logout/logout.store.ts';
import type { Parts } from '../parts.ts';
import { after, type PresentedLogin, spendCode } from '../pending/pending.store.ts';
import { describeMismatch, findLogin } from '../pending/presented.ts';

/** Checks the code of a log-in at a provider. No guess can be right: attempts are counted for the address alone. */
export async function checkProvider(
  parts: Parts,
  value: unknown,
  attempt: ProofAttempt,
): Promise<RightProof | WrongProof> {
  const { sql, now, options, randomBytes } = parts;
  await takeAddressAttempt(parts, attempt.client.ip);
  const presented = await findLogin(parts, value);
  if (presented === undefined) return { wrong: 'code of a provider' };
  const wrong = describeMismatch(presented, attempt);
  if (wrong !== undefined) return { wrong };
  const { login, sent } = presented;
  const configured = options.get(login.provider);
  const identity = await findIdentity(sql, login);
  if (configured === undefined || identity === undefined)
    return { wrong: 'login at a provider without an account' };
  if (identity.disabledAt !== null) return { wrong: 'login at a provider that is disabled here' };
  const { lives } = configured;
  const opens = attempt.sessionId === undefined;
  const id = createRandomUuid(randomBytes);
  return {
    userId: identity.userId,
    ...provedBy(login, identity.maxKinds),
    sessionSeconds: lives,
    ...(opens ? { openedWith: id } : {}),
    async spend(transaction) {
      const at = now();
      const expiresAt = after(at, lives + secondFactorSeconds);
      const opening = { id, identityId: identity.id, ...login, expiresAt };
      const isSpent =
        (await spendCode(transaction, sent.code, at)) &&
        // It locks the identity: one that is unlinked at the same time has no login.
        (await useIdentity(transaction, identity, at)) &&
        (!opens || (await recordOpening(transaction, opening)));
      const { provider, groups, begunAt } = login;
      if (isSpent && groups !== null && (await takeGroupsTurn(transaction, identity.id, begunAt))) {
        const given = { userId: identity.userId, provider, groups, at, until: expiresAt };
        await giveGroups(parts, transaction, given);
      }
      return isSpent;
    },
  };
}

/** What a second factor may take: the session lives for `lives` from then on. */
const secondFactorSeconds = 5 * 60;

/** Without a time, it counts as one of 1970: for `factors`, and for no `maxAge`. */
const provedBy = (
  { kinds, provedAt }: PresentedLogin,
  maxKinds: number,
): Pick<RightProof, 'factor' | 'at'> => ({
  factor: Math.min(kinds, maxKinds) === 2 ? verifiedProvider.name : provider.name,
  at: provedAt ?? new Date(0),
});
