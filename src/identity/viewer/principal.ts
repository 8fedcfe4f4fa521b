import type { ApiClientRecord } from '../api-clients/api-client.records.ts';
import type { UserRecord } from '../users/user.records.ts';

/** A user or an API client, as resolvers get it. */
export type PrincipalRecord = UserRecord | ApiClientRecord;

/** Returns the schema's type of a principal. Only users have a username. */
export const typeOfPrincipal = (principal: PrincipalRecord): 'User' | 'ApiClient' =>
  'username' in principal ? 'User' : 'ApiClient';
