import type { UnauthenticatedReason } from '../errors.ts';

/** An unidentified viewer. `reason` is `TOKEN_MISSING`, or why the token was rejected. */
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

/** A program that sent its secret. */
export interface ApiClientViewer {
  readonly kind: 'apiClient';
  readonly isAuthenticated: true;
  /** A program is no user: never equal to the id of one. */
  readonly userId?: undefined;
  readonly clientId: string;
  /** The SHA-256 of the secret that it sent. Replacing the secret ends what was begun with it. */
  readonly secretHash: Uint8Array<ArrayBuffer>;
  readonly groups: ReadonlySet<string>;
}

/** Someone or something that proved who it is. */
export type AuthenticatedViewer = UserViewer | ApiClientViewer;

/** Who is asking in this request. */
export type Viewer = AnonymousViewer | AuthenticatedViewer;

/** A viewer who proved no identity, and the reason that a client is told at a guarded coordinate. */
export function anonymous(reason: UnauthenticatedReason): AnonymousViewer {
  return { kind: 'anonymous', isAuthenticated: false, reason };
}

/**
 * The viewer, where a guard has let in authenticated ones alone.
 *
 * @throws {Error} for an anonymous one: a guard is missing. Not for clients; it is masked.
 */
export function authenticatedOf(viewer: Viewer): AuthenticatedViewer {
  if (viewer.isAuthenticated) return viewer;
  throw new Error('The field requires an authenticated viewer, but no guard enforces it.');
}

/**
 * The user behind a viewer, where a policy has let in users alone.
 *
 * @throws {Error} for any other viewer: a guard is missing. Not for clients; it is masked.
 */
export function userOf(viewer: Viewer): UserViewer {
  if (viewer.kind === 'user') return viewer;
  throw new Error('The field requires a user, but no guard enforces it.');
}
