import type { FactorRules, GroupDemand, ProofKind } from 'graphql-gatehouse';
import { listFactors, readHoldings } from '../account/holdings.store.ts';
import { readEnrolmentEnd } from '../account/openings.store.ts';
import { requireKeys } from '../keys/load-keys.ts';
import type { FactorsRuntime, Parts, PartsOf } from '../parts.ts';
import { findDue } from './due.ts';
import { createOtpProof } from './otp-proof.ts';
import { createPasskeyProof } from './passkey-proof.ts';
import { createRecoveryCodeProof } from './recovery-code-proof.ts';

/** Creates what log-ins ask for beside the password. */
export function createRules(runtime: FactorsRuntime, partsOf: PartsOf): FactorRules {
  const { sql, now } = runtime;
  let demands: ReadonlyMap<string, GroupDemand> | undefined;
  const later = (create: (parts: Parts) => ProofKind): Pick<ProofKind, 'check'> => ({
    check: async (proof, attempt) => create(await partsOf(runtime)).check(proof, attempt),
  });
  return {
    /** @throws {MissingKeyError} when secrets need a key that `FACTORS_KEYS` lacks. */
    async prepare() {
      const parts = await partsOf(runtime);
      await requireKeys(sql, parts.keys);
      demands = parts.demands;
    },
    kinds: {
      otp: later(createOtpProof),
      recoveryCode: later(createRecoveryCodeProof),
      passkey: { ...later(createPasskeyProof), beginsLogins: true },
    },
    due: async (transaction, userId, proved) =>
      findDue(await readHoldings(transaction, userId), proved),
    demands() {
      if (demands !== undefined) return demands;
      // Without them, a request would have groups that it may not have.
      throw new Error('The demands of groups were not loaded.');
    },
    async withoutFactor(userIds) {
      const having = new Set((await listFactors(sql, userIds)).map(({ userId }) => userId));
      return new Set(userIds.filter((id) => !having.has(id)));
    },
    enrolmentOpenUntil: (userId) => readEnrolmentEnd(sql, userId, now()),
  };
}
