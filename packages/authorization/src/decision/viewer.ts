/**
 * The user or program that sent a request, as far as authorization needs it. Applications extend this type.
 *
 * `reason` is sent to an unauthenticated viewer: `TOKEN_MISSING` when it sent no token, otherwise what was wrong
 * with the token. `groups` are names of the schema's group enum.
 */
export type Viewer =
  | { readonly isAuthenticated: false; readonly reason: string }
  | { readonly isAuthenticated: true; readonly groups: ReadonlySet<string> };

/** A viewer without a valid token. */
type AnonymousViewer = Extract<Viewer, { isAuthenticated: false }>;

const missing: AnonymousViewer = { isAuthenticated: false, reason: 'TOKEN_MISSING' };

/**
 * Validates the viewer that an application returned, which may be written in JavaScript. Everything without
 * `isAuthenticated: true` is anonymous, also a missing viewer.
 *
 * @throws {TypeError} for an authenticated viewer whose `groups` is not a set.
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
