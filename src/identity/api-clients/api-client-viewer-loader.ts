import { timingSafeEqual } from 'node:crypto';
import type { ApiClientClaim } from '../../authentication/api-client-secret.ts';
import type { ApiClientViewer } from '../../authentication/viewer.ts';
import { createLoader } from '../../composition/loader.ts';
import type { SignInRecord } from './api-client.records.ts';
import type { ApiClientStore } from './api-client.store.ts';

/** A client's last use is written down at most so often: a busy one must not cost a write a request. */
const useRecordedEveryMs = 60_000;

export interface ApiClientViewerLoaderOptions {
  readonly apiClients: Pick<ApiClientStore, 'findForSignIn' | 'recordUse'>;
  readonly now: () => Date;
  /** Told when a last use could not be written down. The request goes on. */
  readonly onRecordError: (error: unknown) => void;
}

/** Finds the viewer behind a secret, or null. */
export type LoadApiClient = (claim: ApiClientClaim) => Promise<ApiClientViewer | null>;

/**
 * Reads the clients of requests that arrive together in one statement, and compares each secret's
 * hash in constant time.
 *
 * It waits for the event loop's current turn and keeps nothing: a request that starts after a change
 * always reads after it. The last use is written down beside the request, which does not wait for it.
 */
export function createApiClientViewerLoader(options: ApiClientViewerLoaderOptions): LoadApiClient {
  const noteUse = createUseNotes(options);
  const loader = createLoader<ApiClientClaim, ApiClientViewer | null>(async (claims) => {
    const ids = new Set(claims.map(({ clientId }) => clientId));
    const clients = await options.apiClients.findForSignIn([...ids]);
    const byId = new Map(clients.map((client) => [client.id, client]));
    const signedIn = claims.map((claim) => {
      const client = byId.get(claim.clientId);
      return client !== undefined && timingSafeEqual(client.secretHash, claim.hash) ? client : null;
    });
    noteUse(new Set(signedIn.filter((client) => client !== null)));
    return signedIn.map((client) => client && toViewer(client));
  });
  return (claim) => loader.load(claim);
}

const toViewer = ({ id, secretHash, groups }: SignInRecord): ApiClientViewer => ({
  kind: 'apiClient',
  isAuthenticated: true,
  clientId: id,
  secretHash,
  groups: new Set(groups),
});

/**
 * Makes what writes down that clients are in use, one statement at a time for each client. The
 * statement looks at the time again, so that of several nodes one writes.
 */
function createUseNotes({ apiClients, now, onRecordError }: ApiClientViewerLoaderOptions) {
  const beingRecorded = new Set<string>();

  return (used: ReadonlySet<SignInRecord>): void => {
    const unlessSince = new Date(now().getTime() - useRecordedEveryMs);
    const ids = [...used]
      .filter(
        ({ id, lastUsedAt }) => !beingRecorded.has(id) && !(lastUsedAt && lastUsedAt > unlessSince),
      )
      .map(({ id }) => id);
    if (ids.length === 0) return;
    for (const id of ids) beingRecorded.add(id);
    apiClients
      .recordUse(ids, { unlessSince })
      .catch(onRecordError)
      .finally(() => {
        for (const id of ids) beingRecorded.delete(id);
      });
  };
}
