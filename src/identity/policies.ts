import type { AuthenticatedViewer } from '../authentication/viewer.ts';
import type { Policy } from '../schema/policies/policy.ts';
import type { IdentityContext } from './identity-context.ts';

/** USER: the viewer is a user. API clients have no session and no password. */
export const isUser: Policy = (viewer) => viewer.kind === 'user';

/**
 * SESSION_OWNER: the session with the argument `id` is one of the viewer's own, alive or not. An unknown session gets
 * the same answer as another user's, so the answer does not reveal whether it exists.
 */
export const isSessionOwner: Policy<IdentityContext> = async (viewer, _source, args, { load }) => {
  if (viewer.kind !== 'user') return false;
  const session = await load.sessions(String(args.id));
  return session?.userId === viewer.userId;
};

/**
 * SELF: the record (at a root field the one with the argument `id`) is the viewer's own.
 *
 * Root fields with this policy name users, and API clients are not users. The UUIDs of users and of API clients never
 * equal each other.
 */
export const isSelf = ((viewer, source, args) => {
  if (isRecordWithId(source)) return source.id === idOf(viewer);
  return viewer.kind === 'user' && String(args.id).toLowerCase() === viewer.userId;
}) satisfies Policy;

const idOf = (viewer: AuthenticatedViewer): string =>
  viewer.kind === 'user' ? viewer.userId : viewer.clientId;

/** Whether a field's source is a record. Root fields have no source. */
const isRecordWithId = (source: unknown): source is { readonly id: string } =>
  typeof source === 'object' && source !== null && 'id' in source && typeof source.id === 'string';
