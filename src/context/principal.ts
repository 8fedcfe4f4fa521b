import { toAddressKey } from '../authentication/address-key.ts';
import type { Viewer } from '../authentication/viewer.ts';
import type { RequestSource } from '../values/request-source.ts';

/** The request or the socket of a viewer. */
interface Sender {
  readonly client: RequestSource;
  readonly requestId: string;
}

/**
 * Returns the key of what belongs to one viewer: `user:<id>`, `client:<id>` or, for anonymous viewers, `address:<ip>`.
 * With an unknown address, each request has a key of its own, so that such clients share no limit.
 */
export function principalOf({ viewer, ...sender }: Sender & { readonly viewer: Viewer }): string {
  if (!viewer.isAuthenticated) return anonymousPrincipalOf(sender);
  return viewer.kind === 'user' ? `user:${viewer.userId}` : `client:${viewer.clientId}`;
}

/** Returns the key of what belongs to an anonymous viewer. */
export const anonymousPrincipalOf = ({ client: { ip }, requestId }: Sender): string =>
  ip === undefined ? `request:${requestId}` : `address:${toAddressKey(ip)}`;
