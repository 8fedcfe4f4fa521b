import type { ApiClientRecord } from '../api-clients/api-client.records.ts';
import type { IdentityLoad } from '../identity-context.ts';
import type { UserRecord } from '../users/user.records.ts';

export type PrincipalRecord = UserRecord | ApiClientRecord;

/** Returns the schema's type of a principal. Only users have a username. */
export const typeOfPrincipal = (principal: PrincipalRecord): 'User' | 'ApiClient' =>
  'username' in principal ? 'User' : 'ApiClient';

/** Loads the user or the API client with an id, or null. */
export const loadPrincipal = async (
  id: string,
  load: Pick<IdentityLoad, 'users' | 'apiClients'>,
): Promise<PrincipalRecord | null> => (await load.users(id)) ?? load.apiClients(id);
