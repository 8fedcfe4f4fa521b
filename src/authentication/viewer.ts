import type { UnauthenticatedReason } from '../errors.ts';

/** Nobody that we know. `reason` is `TOKEN_MISSING`, or why the token that was sent is not believed. */
export interface AnonymousViewer {
  readonly kind: 'anonymous';
  readonly isAuthenticated: false;
  readonly reason: UnauthenticatedReason;
}

/** A person who logged in. `groups` is what the user holds now, not what a token once said. */
export interface UserViewer {
  readonly kind: 'user';
  readonly isAuthenticated: true;
  readonly userId: string;
  readonly sessionId: string;
  readonly groups: ReadonlySet<string>;
}

/** Who is asking in this request. */
export type Viewer = AnonymousViewer | UserViewer;

/** A viewer who proved no identity, and the reason that a client is told at a guarded coordinate. */
export function anonymous(reason: UnauthenticatedReason): AnonymousViewer {
  return { kind: 'anonymous', isAuthenticated: false, reason };
}

/**
 * The user behind a viewer, where a guard has let in users alone.
 *
 * @throws {Error} when there is none: a guard is missing. Not for clients; it is masked.
 */
export function userOf(viewer: Viewer): UserViewer {
  if (viewer.kind === 'user') return viewer;
  throw new Error('The field is meant for users, but no guard keeps other viewers out.');
}
