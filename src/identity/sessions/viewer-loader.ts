import type { UserViewer } from '../../authentication/viewer.ts';
import { createLoader } from '../../composition/loader.ts';
import { isUuid } from '../../composition/uuid.ts';
import type { SessionStore } from './session.store.ts';

/** Finds the viewer of a session that is alive, or null. */
export type LoadViewer = (sessionId: string) => Promise<UserViewer | null>;

/**
 * Reads the viewers of requests that arrive together in one statement.
 *
 * It waits for the event loop's current turn and keeps nothing: a request that starts after a change
 * always reads after it.
 */
export function createViewerLoader(sessions: Pick<SessionStore, 'findViewers'>): LoadViewer {
  const loader = createLoader<string, UserViewer | null>(async (sessionIds) => {
    const viewers = await sessions.findViewers([...new Set(sessionIds.filter(isUuid))]);
    const bySession = new Map(viewers.map((viewer) => [viewer.sessionId, viewer]));
    return sessionIds.map((sessionId) => bySession.get(sessionId) ?? null);
  });
  return (sessionId) => loader.load(sessionId);
}
