import { UnauthenticatedError } from '../../../errors.ts';
import {
  type AuthenticationTimes,
  type FactorTable,
  freshSeconds,
} from '../../../values/factor.ts';

export interface ProvedTimes {
  readonly times: AuthenticationTimes;
  readonly kindsOf: FactorTable['kindsOf'];
}

/**
 * Requires that `factors` kinds of factors were proved lately.
 *
 * @throws {UnauthenticatedError} AUTHENTICATION_TOO_OLD if as many were once proved, or FACTORS_MISSING.
 */
export function requireProofs({ times, kindsOf }: ProvedTimes, factors: number, at: Date): void {
  if (kindsOf(times, at, freshSeconds) >= factors) return;
  const reason = kindsOf(times, at) >= factors ? 'AUTHENTICATION_TOO_OLD' : 'FACTORS_MISSING';
  throw new UnauthenticatedError(reason, 'Log in again: see `reauthenticate`.', {
    facts: { maxAge: freshSeconds, factors },
  });
}
