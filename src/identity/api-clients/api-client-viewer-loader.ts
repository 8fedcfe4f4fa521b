import { timingSafeEqual } from 'node:crypto';
import type { ApiClientClaim } from '../../authentication/api-client-secret.ts';
import type { ApiClientViewer } from '../../authentication/viewer.ts';
import { createLoader } from '../../context/loader.ts';
import { createUseRecorder, type RecordUseOptions } from '../record-use.ts';
import type { SignInRecord } from './api-client.records.ts';
import type { ApiClientStore } from './api-client.store.ts';

/** The minimum interval between recorded uses of a client, so that a busy one does not write with every request. */
const useRecordedEveryMs = 60_000;

export interface ApiClientViewerLoaderOptions extends Pick<RecordUseOptions, 'now' | 'onError'> {
  readonly apiClients: Pick<ApiClientStore, 'findForSignIn' | 'recordUse'>;
}

/** Returns the viewer of a secret, or null. */
export type LoadApiClient = (claim: ApiClientClaim) => Promise<ApiClientViewer | null>;

/**
 * Creates the function that reads the API client of a request. It batches requests that arrive together, and compares
 * each secret's hash in constant time.
 *
 * It waits for the event loop's current turn and caches nothing, so a request that starts after a change always sees
 * it. The use is recorded in the background.
 */
export function createApiClientViewerLoader(options: ApiClientViewerLoaderOptions): LoadApiClient {
  const { apiClients, now, onError } = options;
  const recordUse = createUseRecorder({
    now,
    onError,
    recordUse: apiClients.recordUse,
    everyMs: useRecordedEveryMs,
  });
  const loader = createLoader<ApiClientClaim, ApiClientViewer | null>(async (claims) => {
    const ids = new Set(claims.map(({ clientId }) => clientId));
    const clients = await apiClients.findForSignIn([...ids]);
    const byId = new Map(clients.map((client) => [client.id, client]));
    const signedIn = claims.map((claim) => {
      const client = byId.get(claim.clientId);
      return client !== undefined && timingSafeEqual(client.secretHash, claim.hash) ? client : null;
    });
    recordUse(new Set(signedIn.filter((client) => client !== null)));
    return signedIn.map((client) => client && toViewer(client));
  });
  return (claim) => loader.load(claim);
}

const toViewer = ({
  id,
  secretHash,
  groups,
  granted,
  hasSettled,
}: SignInRecord): ApiClientViewer => ({
  kind: 'apiClient',
  isAuthenticated: true,
  clientId: id,
  secretHash,
  groups: new Set(groups),
  granted,
  authenticatedAt: 'EACH_REQUEST',
  ...(hasSettled === undefined ? {} : { hasSettled }),
});
