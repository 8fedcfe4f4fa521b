import type { ProvedFactors } from 'graphql-gatehouse';
import { type Holdings, hasSecondFactor } from '../account/holdings.store.ts';
import { otp, passkey, recoveryCode, verifiedPasskey } from '../kinds.ts';

/**
 * Returns the factors of which one is due beside those that were proved. Empty: none.
 *
 * An account with a second factor needs two kinds (NIST SP 800-63B-4, 2.2). Its recovery codes stand in for the factor.
 */
export function findDue(holdings: Holdings, { names, kinds }: ProvedFactors): readonly string[] {
  if (!hasSecondFactor(holdings) || kinds > 1) return [];
  if (possessions.some(({ name }) => names.has(name))) return ['PASSWORD'];
  const usable = [
    ...(holdings.otp === 'usable' ? [otp.name] : []),
    ...(holdings.recoveryCodes > 0 ? [recoveryCode.name] : []),
    ...(holdings.passkeys > 0 ? [verifiedPasskey.name] : []),
  ];
  // The key of the only app was given up: nothing can be proved, and nothing less opens a session.
  return usable.length > 0 ? usable : [otp.name];
}

const possessions = [otp, recoveryCode, passkey];
