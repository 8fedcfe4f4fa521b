/**
 * What authorization needs to know of who is asking. An application's own viewer type adds to it.
 *
 * `reason` tells an unauthenticated viewer why: `TOKEN_MISSING` when it sent no token, else what was
 * wrong with the one it sent. `groups` are names of the schema's group enum.
 */
export type Viewer =
  | { readonly isAuthenticated: false; readonly reason: string }
  | { readonly isAuthenticated: true; readonly groups: ReadonlySet<string> };
