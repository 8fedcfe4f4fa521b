import type { AuthenticationTimes, FactorKinds } from './proofs.ts';

/**
 * The user or program that sent a request, as far as authorization needs it. Applications extend this type.
 *
 * `reason` is sent to an unauthenticated viewer: `TOKEN_MISSING` when it sent no token, otherwise what was wrong
 * with the token. `groups` are names of the schema's group enum.
 */
export type Viewer =
  | { readonly isAuthenticated: false; readonly reason: string }
  | {
      readonly isAuthenticated: true;
      readonly groups: ReadonlySet<string>;
      /** Returns the places in which the viewer holds a group that is held within a type. Absent: it holds none. */
      readonly placesOf?: PlacesOf;
      /**
       * When each factor was last proved. `EACH_REQUEST`: a program that proves its identity with each request, by one
       * kind of factor. Absent: never.
       */
      readonly authenticatedAt?: AuthenticationTimes | 'EACH_REQUEST';
      /** What `authenticatedAt` counts by: see `compileFactorKinds`. Default: the standard kinds. */
      readonly factorKinds?: FactorKinds;
      /** The groups that the viewer may use only after it has proved more factors. They are not in `groups`. */
      readonly withheld?: WithheldGroups;
    };

/** Returns the places in which a group is held, by the texts of their ids. Read before: it must not wait. */
export type PlacesOf = (group: string) => ReadonlySet<string>;

/** Groups that a viewer holds, and may not use yet. */
export interface WithheldGroups {
  readonly groups: ReadonlySet<string>;
  /** Returns the places in which a group is withheld. Absent: it is in none. */
  readonly placesOf?: PlacesOf;
  /** How many kinds of factors it must prove: 1 or 2. */
  readonly factors: number;
  /** Whether the account has no factor to prove, so that it must first set one up. */
  readonly mustEnrol: boolean;
}

/** A viewer with a valid token. */
export type AuthenticatedViewer = Extract<Viewer, { isAuthenticated: true }>;

/** A viewer without a valid token. */
type AnonymousViewer = Extract<Viewer, { isAuthenticated: false }>;

const missing: AnonymousViewer = { isAuthenticated: false, reason: 'TOKEN_MISSING' };

/** Whether what an application returned is an authenticated viewer of whom no group is withheld: most of them. */
export const isUsual = (
  returned: Viewer | null | undefined,
): returned is AuthenticatedViewer & { readonly withheld?: undefined } =>
  returned?.isAuthenticated === true &&
  typeof returned.groups?.has === 'function' &&
  returned.withheld === undefined;

/**
 * Validates the viewer that an application returned, which may be written in JavaScript. Everything without
 * `isAuthenticated: true` is anonymous, also a missing viewer.
 *
 * @throws {TypeError} for an authenticated viewer whose `groups`, or those in `withheld`, are not a set.
 */
export function parseViewer<TViewer extends Viewer>(
  returned: TViewer | null | undefined,
): TViewer | AnonymousViewer {
  if (returned === null || returned === undefined) return missing;
  if (isUsual(returned)) return returned;
  const viewer: Viewer = returned;
  if (viewer.isAuthenticated === true) {
    if (typeof viewer.groups?.has !== 'function') {
      throw new TypeError('The `groups` of an authenticated viewer must be a Set of group names.');
    }
    if (typeof viewer.withheld?.groups?.has === 'function') {
      return returned;
    }
    throw new TypeError('The `groups` of `withheld` must be a Set of group names.');
  }
  return viewer.isAuthenticated === false && typeof viewer.reason === 'string' ? returned : missing;
}
