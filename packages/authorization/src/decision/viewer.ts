/**
 * What authorization needs to know of who is asking. An application's own viewer type adds to it.
 *
 * `reason` tells an unauthenticated viewer why: `TOKEN_MISSING` when it sent no token, else what was
 * wrong with the one it sent. `groups` are names of the schema's group enum.
 */
export type Viewer =
  | { readonly isAuthenticated: false; readonly reason: string }
  | { readonly isAuthenticated: true; readonly groups: ReadonlySet<string> };

/** A viewer that proved no identity. */
type AnonymousViewer = Extract<Viewer, { isAuthenticated: false }>;

const missing: AnonymousViewer = { isAuthenticated: false, reason: 'TOKEN_MISSING' };

/**
 * Returns the viewer that an application gave. Anything that does not say `isAuthenticated: true` is
 * anonymous, a missing viewer included: types promise nothing about a host in JavaScript.
 *
 * @throws {TypeError} for an authenticated viewer whose `groups` is no set.
 */
export function parseViewer<TViewer extends Viewer>(
  given: TViewer | null | undefined,
): TViewer | AnonymousViewer {
  if (given === null || given === undefined) return missing;
  const viewer: Viewer = given;
  if (viewer.isAuthenticated === true) {
    if (typeof viewer.groups?.has === 'function') return given;
    throw new TypeError('The `groups` of an authenticated viewer must be a Set of group names.');
  }
  return viewer.isAuthenticated === false && typeof viewer.reason === 'string' ? given : missing;
}
