import type { FactorRules, GroupDemand, ProofKind } from 'graphql-gatehouse';
import { listFactors, readHoldings } from '../account/holdings.store.ts';
import { readEnrolmentEnd } from '../account/openings.store.ts';
import { requireKeys } from '../keys/load-keys.ts';
import type { Parts } from '../parts.ts';
import type { CheckProof } from './counted-proof.ts';
import { findDue } from './due.ts';
import { checkOtp } from './otp-proof.ts';
import { checkPasskey } from './passkey-proof.ts';
import { checkRecoveryCode } from './recovery-code-proof.ts';

export function createRules(open: () => Promise<Parts>): FactorRules {
  let demands: ReadonlyMap<string, GroupDemand> | undefined;
  const kind = (check: CheckProof) => ({
    check: async (...[proof, attempt]: Parameters<ProofKind['check']>) =>
      check(await open(), proof, attempt),
  });
  return {
    /** @throws {MissingKeyError} when secrets need a key that `FACTORS_KEYS` lacks. */
    async prepare() {
      const { sql, keys, demands: ofGroups } = await open();
      await requireKeys(sql, keys);
      demands = ofGroups;
    },
    kinds: {
      otp: kind(checkOtp),
      recoveryCode: kind(checkRecoveryCode),
      passkey: { ...kind(checkPasskey), beginsLogins: true },
    },
    due: async (transaction, userId, proved) =>
      findDue(await readHoldings(transaction, userId), proved),
    demands() {
      if (demands !== undefined) return demands;
      // Without them, a request would have groups that it may not have.
      throw new Error('The demands of groups were not loaded.');
    },
    async withoutFactor(userIds) {
      const { sql } = await open();
      const having = new Set((await listFactors(sql, userIds)).map(({ userId }) => userId));
      return new Set(userIds.filter((id) => !having.has(id)));
    },
    async enrolmentOpenUntil(userId) {
      const { sql, now } = await open();
      return readEnrolmentEnd(sql, userId, now());
    },
  };
}
