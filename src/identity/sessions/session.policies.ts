import type { Policy } from '../../composition/policy.ts';
import type { IdentityContext } from '../identity-context.ts';

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
