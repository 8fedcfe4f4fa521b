import type { ApiClientRecord } from '../api-clients/api-client.records.ts';
import type { UserRecord } from '../users/user.records.ts';

/** Someone or something that can be authenticated, as resolvers get it. */
export type PrincipalRecord = UserRecord | ApiClientRecord;

/** The schema's type of a principal: only a user has a name to log in with. */
export const typeOfPrincipal = (principal: PrincipalRecord): 'User' | 'ApiClient' =>
  'username' in principal ? 'User' : 'ApiClient';
