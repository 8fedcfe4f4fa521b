import type { UnauthenticatedReason } from '../errors.ts';
import type { AuthenticationTimes, FactorTable } from '../values/factor.ts';
import type { PlacesOf } from '../values/groups.ts';

/** An unidentified viewer. `reason` is `TOKEN_MISSING`, or why the token was rejected. */
export interface AnonymousViewer {
  readonly kind: 'anonymous';
  readonly isAuthenticated: false;
  readonly reason: UnauthenticatedReason;
}

/** What continues a session: access and refresh tokens, or the cookie of a browser. */
export type SessionKind = 'token' | 'cookie';

/**
 * For internal use: whether the viewer has changed nothing lately, so that every replica has its changes. Absent: not
 * known.
 */
type HasSettled = boolean;

/** For internal use: the groups of the schema that it was granted, without those that they imply. Absent: not known. */
type GrantedGroups = readonly string[];

/** A person who logged in. `groups` are the user's current groups, not those in a token. */
export interface UserViewer {
  readonly kind: 'user';
  readonly isAuthenticated: true;
  readonly userId: string;
  readonly sessionId: string;
  readonly sessionKind: SessionKind;
  readonly groups: ReadonlySet<string>;
  /**
   * Returns the ids of the places in which the user holds a group that is held within a type (`@within`). Absent: the
   * operation asks for none, so they were not read.
   */
  readonly placesOf?: PlacesOf;
  /** When the session proved each factor. Absent or empty: never, or what was sent is older than its last proof. */
  readonly authenticatedAt?: AuthenticationTimes;
  /** What these times count by. */
  readonly factorKinds: FactorTable['kinds'];
  /**
   * The same where what was sent is older than the session's last proof. It permits nothing: what a recovery code forbids
   * is forbidden to every token of its session.
   */
  readonly formerlyAt?: AuthenticationTimes;
  /** Groups that the user holds, and that the session may use only after it has proved `factors` kinds of factors. */
  readonly withheld?: {
    readonly groups: ReadonlySet<string>;
    /** Returns the places in which a group is withheld. Absent: it is in none. */
    readonly placesOf?: PlacesOf;
    readonly factors: number;
    /** Whether the account has no factor to prove, and must enrol one first. */
    readonly mustEnrol: boolean;
  };
  /** For internal use. */
  readonly granted?: GrantedGroups;
  /** For internal use: how often the session has proved itself. */
  readonly proofCount?: number;
  /** For internal use. */
  readonly hasSettled?: HasSettled;
}

/** A program that sent its secret. */
export interface ApiClientViewer {
  readonly kind: 'apiClient';
  readonly isAuthenticated: true;
  /** Always undefined, so that it never equals the id of a user. */
  readonly userId?: undefined;
  readonly clientId: string;
  /** For internal use: the SHA-256 of the secret that was sent. Replacing the secret ends what was begun with it. */
  readonly secretHash: Uint8Array<ArrayBuffer>;
  readonly groups: ReadonlySet<string>;
  /** As of a user. */
  readonly placesOf?: PlacesOf;
  /** It proves itself with each request, by one kind of factor. */
  readonly authenticatedAt?: 'EACH_REQUEST';
  /** For internal use. */
  readonly granted?: GrantedGroups;
  /** For internal use. */
  readonly hasSettled?: HasSettled;
}

export type AuthenticatedViewer = UserViewer | ApiClientViewer;

/** The user, API client or anonymous visitor that sent the request. */
export type Viewer = AnonymousViewer | AuthenticatedViewer;

/** Creates a viewer without an identity. `reason` is sent to the client when a guard refuses. */
export function anonymous(reason: UnauthenticatedReason): AnonymousViewer {
  return { kind: 'anonymous', isAuthenticated: false, reason };
}

/**
 * Returns the viewer of a field whose guard admits only authenticated viewers.
 *
 * @throws {Error} for an anonymous viewer: a guard is missing. Not for clients; it is masked.
 */
export function authenticatedOf(viewer: Viewer): AuthenticatedViewer {
  if (viewer.isAuthenticated) return viewer;
  throw new Error('The field requires an authenticated viewer, but no guard enforces it.');
}

/**
 * Returns the user of a field whose policy admits only users.
 *
 * @throws {Error} for any other viewer: a guard is missing. Not for clients; it is masked.
 */
export function userOf(viewer: Viewer): UserViewer {
  if (viewer.kind === 'user') return viewer;
  throw new Error('The field requires a user, but no guard enforces it.');
}
