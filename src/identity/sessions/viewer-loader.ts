import type { IssuedTo } from '../../authentication/authenticate.ts';
import type { UserViewer } from '../../authentication/viewer.ts';
import { createLoader } from '../../context/loader.ts';
import { isUuid } from '../../values/uuid.ts';
import { createUseRecorder, type RecordUseOptions } from '../record-use.ts';
import type { SessionStore } from './session.store.ts';
import type { WithholdGroups } from './withhold-groups.ts';

/** Returns the viewer of a live session, or null. */
export type LoadViewer = (issued: IssuedTo) => Promise<UserViewer | null>;

/**
 * Creates the function that reads the viewer of a request. It batches requests that arrive together.
 *
 * It waits for the event loop's current turn and caches nothing, so a request that starts after a change always sees
 * it.
 */
export function createViewerLoader(
  sessions: Pick<SessionStore, 'findViewers'>,
  withholdGroups: WithholdGroups,
): LoadViewer {
  const loader = createLoader<string, UserViewer | null>(async (sessionIds) => {
    const viewers = await sessions.findViewers([...new Set(sessionIds.filter(isUuid))]);
    const bySession = new Map(viewers.map((viewer) => [viewer.sessionId, viewer]));
    return sessionIds.map((sessionId) => bySession.get(sessionId) ?? null);
  });
  return async ({ sessionId, proofCount }) => {
    const viewer = await loader.load(sessionId);
    if (viewer === null) return null;
    if (viewer.proofCount === proofCount) return withholdGroups(viewer);
    const { authenticatedAt: formerlyAt = {} } = viewer;
    return withholdGroups({ ...viewer, authenticatedAt: {}, formerlyAt });
  };
}

/** Finds the viewer of a live session by the SHA-256 of its cookie, or null. */
export type LoadCookieViewer = (cookieHash: Uint8Array) => Promise<UserViewer | null>;

export interface CookieViewerLoaderOptions extends Pick<RecordUseOptions, 'now' | 'onError'> {
  readonly sessions: Pick<SessionStore, 'findCookieViewers' | 'recordUse'>;
  readonly sessionIdleSeconds: number;
  readonly withholdGroups: WithholdGroups;
}

/** Creates the same for cookies. It also records that the session was used: nothing else does. */
export function createCookieViewerLoader(options: CookieViewerLoaderOptions): LoadCookieViewer {
  const { sessions, sessionIdleSeconds, withholdGroups } = options;
  const recordUse = createUseRecorder({
    ...options,
    recordUse: sessions.recordUse,
    everyMs: Math.min(60_000, sessionIdleSeconds * 100), // a tenth of the idle time at most
  });
  const loader = createLoader<string, UserViewer | null>(async (keys) => {
    const hashes = [...new Set(keys)].map((key) => Buffer.from(key, 'hex'));
    const found = await sessions.findCookieViewers(hashes);
    recordUse(found.map(({ viewer, lastUsedAt }) => ({ id: viewer.sessionId, lastUsedAt })));
    const byHash = new Map(found.map(({ viewer, cookieHash }) => [toKey(cookieHash), viewer]));
    return keys.map((key) => byHash.get(key) ?? null);
  });
  return async (cookieHash) => {
    const viewer = await loader.load(toKey(cookieHash));
    return viewer && withholdGroups(viewer);
  };
}

const toKey = (hash: Uint8Array): string => Buffer.from(hash).toString('hex');
