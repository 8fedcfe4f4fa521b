import type { AuthenticationTimes, PackageErrors } from 'gatehouse';

const recoveredMs = 24 * 60 * 60_000;

/**
 * Refuses a session that was opened by a recovery code in the last 24 hours. A code on paper is easier to steal than a
 * device: it opens a way back in, and does not lock the owner out.
 *
 * @throws CONFLICT, RECOVERED_SESSION.
 */
export function requireNotRecovered(
  errors: Pick<PackageErrors, 'conflict'>,
  { RECOVERY_CODE: recoveredAt }: AuthenticationTimes,
  at: Date,
): void {
  if (recoveredAt === undefined || at.getTime() - recoveredAt.getTime() >= recoveredMs) return;
  throw errors.conflict(
    'RECOVERED_SESSION',
    'This session was opened by a recovery code. Log in with another factor, or wait 24 hours.',
  );
}
