import type { Viewer } from '../../../authentication/viewer.ts';
import { UnauthenticatedError } from '../../../errors.ts';
import { freshSeconds, kindsOf } from '../../../values/factor.ts';

/**
 * Requires that a session proved `factors` kinds of factors lately. A command on the machine has no session, and passes.
 *
 * @throws {UnauthenticatedError} AUTHENTICATION_TOO_OLD if it once proved as many, or FACTORS_MISSING.
 */
export function requireProofs(viewer: Viewer | undefined, factors: number, at: Date): void {
  if (viewer === undefined) return;
  const times = viewer.kind === 'user' ? (viewer.authenticatedAt ?? {}) : {};
  if (kindsOf(times, at, freshSeconds) >= factors) return;
  const reason = kindsOf(times, at) >= factors ? 'AUTHENTICATION_TOO_OLD' : 'FACTORS_MISSING';
  throw new UnauthenticatedError(reason, 'Prove again who you are: see `reauthenticate`.', {
    facts: { maxAge: freshSeconds, factors },
  });
}
