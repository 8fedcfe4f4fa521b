import type { Policy } from '../../composition/domain.ts';
import type { IdentityContext } from '../identity-context.ts';

/** USER: the viewer is a user. Only a user has a session to end and a password to change. */
export const isUser: Policy = (viewer) => viewer.kind === 'user';

/**
 * SESSION_OWNER: the session that `id` names is one of the viewer's own, be it alive or not. One that is
 * not there belongs to no one: it gets the same answer as another's, and does not tell which it is.
 */
export const isSessionOwner: Policy<IdentityContext> = async (viewer, _source, args, { load }) => {
  if (viewer.kind !== 'user') return false;
  const session = await load.sessions(String(args.id));
  return session?.userId === viewer.userId;
};
