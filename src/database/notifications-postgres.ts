import { setTimeout } from 'node:timers/promises';
import type pg from 'pg';
import { type ListenSession, openListenSession } from './listen-session.ts';
import type { NotificationListener, Notifications } from './notifications.ts';

export interface PostgresNotificationsOptions {
  readonly config: pg.ClientConfig;
  /** Told when the connection breaks, and when it cannot be opened again yet. */
  readonly onError: (error: Error) => void;
  /** See `openListenSession`. Together they bound how long a frozen connection goes unnoticed. */
  readonly heartbeatMs?: number;
  readonly answerTimeoutMs?: number;
}

const DEFAULT_HEARTBEAT_MS = 200;
const DEFAULT_ANSWER_TIMEOUT_MS = 400;

/** The waits before the connection is opened again: none at first, then longer ones. */
const RECONNECT_WAITS_MS = [0, 20, 50, 100, 200, 400];
const LONGEST_RECONNECT_WAIT_MS = 1_000;

/**
 * Notifications through one connection of its own, beside the pool: a pool's connections come and go,
 * and each would have to listen. It is opened by the first `listen`, and opened again whenever it breaks.
 *
 * A pooler in between must keep sessions: PgBouncer in transaction mode loses what is listened to.
 */
export function createPostgresNotifications(options: PostgresNotificationsOptions): Notifications {
  const listeners = new Map<string, Set<NotificationListener>>();
  const closing = new AbortController();
  let session: Promise<ListenSession> | undefined;
  let lastAliveAt = new Date(0);

  const open = (onOpen: (at: Date) => void): Promise<ListenSession> =>
    openListenSession({
      onOpen,
      config: options.config,
      channels: [...listeners.keys()],
      heartbeatMs: options.heartbeatMs ?? DEFAULT_HEARTBEAT_MS,
      answerTimeoutMs: options.answerTimeoutMs ?? DEFAULT_ANSWER_TIMEOUT_MS,
      onAlive: (at) => {
        lastAliveAt = at;
      },
      onNotification: (channel, payload) => {
        for (const { onPayload } of listeners.get(channel) ?? []) onPayload(payload);
      },
      onBroken: (error) => {
        options.onError(error);
        session = reopen();
        session.catch(() => {}); // it was closed meanwhile
      },
    });

  async function reopen(): Promise<ListenSession> {
    const since = lastAliveAt;
    const tellGap = (until: Date) => {
      for (const each of listeners.values()) for (const { onGap } of each) onGap({ since, until });
    };
    for (const waitMs of reconnectWaits()) {
      await setTimeout(waitMs, undefined, { signal: closing.signal });
      try {
        const opened = await open(tellGap);
        if (closing.signal.aborted) await opened.end();
        closing.signal.throwIfAborted();
        return opened;
      } catch (error) {
        closing.signal.throwIfAborted();
        options.onError(error instanceof Error ? error : new Error(String(error)));
      }
    }
    throw new Error('There are always more waits.');
  }

  function openFirst(): Promise<ListenSession> {
    const opening = open(() => {});
    opening.catch(() => {
      if (session === opening) session = undefined;
    });
    return opening;
  }

  return {
    async listen(channel, listener) {
      closing.signal.throwIfAborted();
      const others = listeners.get(channel) ?? new Set();
      listeners.set(channel, others.add(listener));
      const stop = async () => {
        others.delete(listener); // the connection goes on hearing the channel, and nobody is told
      };
      try {
        session ??= openFirst();
        return { since: await (await session).listen(channel), stop };
      } catch (error) {
        await stop();
        throw error;
      }
    },
    async close() {
      closing.abort();
      await (await session?.catch(() => undefined))?.end();
    },
  };
}

function* reconnectWaits(): Generator<number> {
  yield* RECONNECT_WAITS_MS;
  for (;;) yield LONGEST_RECONNECT_WAIT_MS;
}
