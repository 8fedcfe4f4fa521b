import { toAddressKey } from '../authentication/address-key.ts';
import type { Viewer } from '../authentication/viewer.ts';
import type { RequestSource } from '../values/request-source.ts';

/**
 * Returns the key of what belongs to one viewer: `user:<id>`, `client:<id>` or, for anonymous viewers, `address:<ip>`.
 * Clients whose address is unknown share no key: it is that of the request.
 */
export function principalOf({
  viewer,
  client: { ip },
  requestId,
}: {
  readonly viewer: Viewer;
  readonly client: RequestSource;
  readonly requestId: string;
}): string {
  if (!viewer.isAuthenticated) {
    return ip === undefined ? `request:${requestId}` : `address:${toAddressKey(ip)}`;
  }
  return viewer.kind === 'user' ? `user:${viewer.userId}` : `client:${viewer.clientId}`;
}
