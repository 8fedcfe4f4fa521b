import type { Factor } from 'graphql-gatehouse';
import { type Holdings, hasSecondFactor } from '../account/holdings.store.ts';

/**
 * Returns the factors of which one is due beside those that were proved. Empty: none.
 *
 * An account with a second factor needs two kinds (NIST SP 800-63B-4, 2.2). Its recovery codes stand in for the factor.
 */
export function findDue(holdings: Holdings, proved: ReadonlySet<Factor>): readonly Factor[] {
  if (!hasSecondFactor(holdings) || proved.has('PASSKEY_VERIFIED')) return [];
  if (possessions.some((factor) => proved.has(factor))) {
    return proved.has('PASSWORD') ? [] : ['PASSWORD'];
  }
  const usable = [
    ...(holdings.otp === 'usable' ? (['OTP'] as const) : []),
    ...(holdings.recoveryCodes > 0 ? (['RECOVERY_CODE'] as const) : []),
    ...(holdings.passkeys > 0 ? (['PASSKEY_VERIFIED'] as const) : []),
  ];
  // The key of the only app was given up: nothing can be proved, and nothing less opens a session.
  return usable.length > 0 ? usable : ['OTP'];
}

const possessions = ['OTP', 'RECOVERY_CODE', 'PASSKEY'] as const;
