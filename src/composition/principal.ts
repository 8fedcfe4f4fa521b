import { toAddressKey } from '../authentication/address-key.ts';
import type { Viewer } from '../authentication/viewer.ts';
import type { RequestSource } from './request-source.ts';

/** Returns the key of what belongs to one viewer: `user:<id>`, `client:<id>` or, for anonymous viewers, `address:<ip>`. */
export function principalOf({
  viewer,
  client,
}: {
  readonly viewer: Viewer;
  readonly client: RequestSource;
}): string {
  if (!viewer.isAuthenticated) return `address:${toAddressKey(client.ip)}`;
  return viewer.kind === 'user' ? `user:${viewer.userId}` : `client:${viewer.clientId}`;
}
