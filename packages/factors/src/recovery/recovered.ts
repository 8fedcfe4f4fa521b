import type { AuthenticationTimes, PackageErrors, Viewer } from 'graphql-gatehouse';
import { recoveryCode } from '../kinds.ts';

/** How long a session is limited after a recovery code: a code on paper is easier to steal than a device. */
export const recoveredMs = 24 * 60 * 60_000;

/** Returns when a session proved itself by a recovery code, if that was within 24 hours. */
export function recoveredAt(times: AuthenticationTimes | undefined, at: Date): Date | undefined {
  const time = times?.[recoveryCode.name];
  return time === undefined || at.getTime() - time.getTime() >= recoveredMs ? undefined : time;
}

/** The same for the session of a viewer, whichever of its tokens was sent. */
export const viewerRecoveredAt = (viewer: Viewer, at: Date): Date | undefined =>
  viewer.kind === 'user' ? recoveredAt(viewer.formerlyAt ?? viewer.authenticatedAt, at) : undefined;

/** Returns when the recovery code was used on which a session rests, or what it has just proved. The latest one counts. */
export function restsOnCode(
  viewer: Viewer,
  proved: AuthenticationTimes | undefined,
  at: Date,
): Date | undefined {
  const [session, proof] = [viewerRecoveredAt(viewer, at), recoveredAt(proved, at)];
  return session === undefined || (proof !== undefined && proof > session) ? proof : session;
}

/**
 * Returns what a proof inherits from the recovery code with which its factor was added. Otherwise a thief of a code would
 * add a factor, and log in with it as its owner.
 */
export const inheritedFrom = (
  added: Date | null,
  at: Date,
): { readonly inherits?: AuthenticationTimes } => {
  const time = recoveredAt(added === null ? undefined : { [recoveryCode.name]: added }, at);
  return time === undefined ? {} : { inherits: { [recoveryCode.name]: time } };
};

/** The refusal of what would lock the owner out. */
export const recoveredSession = (errors: PackageErrors): Error =>
  errors.conflict(
    'RECOVERED_SESSION',
    'This session rests on a recovery code. Log in with an older factor, or wait 24 hours.',
  );
