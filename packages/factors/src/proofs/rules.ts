import type { FactorRules } from 'gatehouse';
import { listFactors, readHoldings } from '../account/holdings.store.ts';
import { requireKeys } from '../keys/load-keys.ts';
import type { Parts } from '../parts.ts';
import { findDue } from './due.ts';
import { createOtpProof } from './otp-proof.ts';
import { createPasskeyProof } from './passkey-proof.ts';
import { createRecoveryCodeProof } from './recovery-code-proof.ts';

/**
 * Creates what log-ins ask for beside the password.
 *
 * @throws {MissingKeyError} when secrets need a key that `FACTORS_KEYS` lacks.
 */
export async function createRules(parts: Parts): Promise<FactorRules> {
  const { sql, keys, demands } = parts;
  await requireKeys(sql, keys);
  return {
    kinds: {
      otp: createOtpProof(parts),
      recoveryCode: createRecoveryCodeProof(parts),
      passkey: createPasskeyProof(parts),
    },
    due: async (transaction, userId, proved) =>
      findDue(await readHoldings(transaction, userId), proved),
    demands: () => demands,
    async withoutFactor(userIds) {
      const having = new Set((await listFactors(sql, userIds)).map(({ userId }) => userId));
      return new Set(userIds.filter((id) => !having.has(id)));
    },
  };
}
