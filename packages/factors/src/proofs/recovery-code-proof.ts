import type { ProofKind } from 'graphql-gatehouse';
import { recoveryCode } from '../kinds.ts';
import type { Parts } from '../parts.ts';
import { hasRecoveryCode, spendRecoveryCode } from '../recovery/recovery.store.ts';
import { hashCode } from '../recovery/recovery-codes.ts';
import { createCountedProof } from './counted-proof.ts';

/** Creates the proof by a recovery code, which works once. */
export const createRecoveryCodeProof = (parts: Parts): ProofKind =>
  createCountedProof({
    parts,
    kind: 'recoveryCode',
    async check(userId, text) {
      const hash = hashCode(text);
      if (hash === undefined) return { wrong: 'no recovery code' };
      if (!(await hasRecoveryCode(parts.sql, userId, hash))) return { wrong: 'recovery code' };
      return {
        factor: recoveryCode.name,
        notice: 'recovery_code.used',
        spend: (transaction) => spendRecoveryCode(transaction, userId, hash),
      };
    },
  });
