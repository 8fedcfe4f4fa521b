import type { ProofAttempt, RightProof, WrongProof } from 'graphql-gatehouse';
import { takeAddressAttempt } from '../address-attempts.ts';
import { findIdentity, useIdentity } from '../identities/identity.store.ts';
import { provider, verifiedProvider } from '../kinds.ts';
import type { Parts } from '../parts.ts';
import { type PresentedLogin, spendCode } from '../pending/pending.store.ts';
import { describeMismatch, findLogin } from '../pending/presented.ts';

/** Checks the code of a log-in at a provider. No guess can be right: attempts are counted for the address alone. */
export async function checkProvider(
  parts: Parts,
  value: unknown,
  attempt: ProofAttempt,
): Promise<RightProof | WrongProof> {
  const { sql, now, options } = parts;
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
  return {
    userId: identity.userId,
    ...provedBy(login, identity.maxKinds),
    sessionSeconds: configured.lives,
    async spend(transaction) {
      const at = now();
      return (
        (await spendCode(transaction, sent.code, at)) && useIdentity(transaction, identity, at)
      );
    },
  };
}

/** Without a time, it counts as one of 1970: for `factors`, and for no `maxAge`. */
const provedBy = (
  { kinds, provedAt }: PresentedLogin,
  maxKinds: number,
): Pick<RightProof, 'factor' | 'at'> => ({
  factor: Math.min(kinds, maxKinds) === 2 ? verifiedProvider.name : provider.name,
  at: provedAt ?? new Date(0),
});
