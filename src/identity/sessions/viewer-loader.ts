import type { UserViewer } from '../../authentication/viewer.ts';
import { createLoader } from '../../composition/loader.ts';
import { isUuid } from '../../composition/uuid.ts';
import type { SessionStore } from './session.store.ts';

/** Returns the viewer of a live session, or null. */
export type LoadViewer = (sessionId: string) => Promise<UserViewer | null>;

/**
 * Creates the function that reads the viewer of a request. It batches requests that arrive together.
 *
 * It waits for the event loop's current turn and caches nothing, so a request that starts after a change always sees
 * it.
 */
export function createViewerLoader(sessions: Pick<SessionStore, 'findViewers'>): LoadViewer {
  const loader = createLoader<string, UserViewer | null>(async (sessionIds) => {
    const viewers = await sessions.findViewers([...new Set(sessionIds.filter(isUuid))]);
    const bySession = new Map(viewers.map((viewer) => [viewer.sessionId, viewer]));
    return sessionIds.map((sessionId) => bySession.get(sessionId) ?? null);
  });
  return (sessionId) => loader.load(sessionId);
}
