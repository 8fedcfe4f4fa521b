import { recoveryCode } from '../kinds.ts';
import { hasRecoveryCode, spendRecoveryCode } from '../recovery/recovery.store.ts';
import { hashCode } from '../recovery/recovery-codes.ts';
import { counted } from './counted-proof.ts';

export const checkRecoveryCode = counted('recoveryCode', async ({ sql }, userId, text) => {
  const hash = hashCode(text);
  if (hash === undefined) return { wrong: 'no recovery code' };
  if (!(await hasRecoveryCode(sql, userId, hash))) return { wrong: 'recovery code' };
  return {
    factor: recoveryCode.name,
    notice: 'recovery_code.used',
    spend: (transaction) => spendRecoveryCode(transaction, userId, hash),
  };
});
