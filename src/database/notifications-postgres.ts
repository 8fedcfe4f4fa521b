import { setTimeout } from 'node:timers/promises';
import type pg from 'pg';
import { type ListenSession, openListenSession } from './listen-session.ts';
import type { NotificationListener, Notifications } from './notifications.ts';

export interface PostgresNotificationsOptions {
  readonly config: pg.ClientConfig;
  /** Called when the connection breaks, and for each failed attempt to reconnect. */
  readonly onError: (error: Error) => void;
  /** See `openListenSession`. A frozen connection is detected within the sum of both. */
  readonly heartbeatMs?: number;
  readonly answerTimeoutMs?: number;
}

const DEFAULT_HEARTBEAT_MS = 200;
const DEFAULT_ANSWER_TIMEOUT_MS = 400;

/** The delays before attempts to reconnect. */
const RECONNECT_DELAYS_MS = [0, 20, 50, 100, 200, 400];
const MAX_RECONNECT_DELAY_MS = 1_000;

/**
 * Creates the notifications of PostgreSQL. They use one separate connection, because the pool closes and replaces its
 * connections. The first `listen` opens it, and it is reopened whenever it breaks.
 *
 * A pooler in between must keep sessions: PgBouncer in transaction mode does not support `LISTEN`.
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
        session.catch(() => {}); // rejects only when `close` was called
      },
    });

  async function reopen(): Promise<ListenSession> {
    const since = lastAliveAt;
    const reportGap = () => {
      for (const each of listeners.values()) for (const { onGap } of each) onGap(since);
    };
    for (const delayMs of reconnectDelays()) {
      await setTimeout(delayMs, undefined, { signal: closing.signal });
      try {
        const opened = await open(reportGap);
        if (closing.signal.aborted) await opened.end();
        closing.signal.throwIfAborted();
        return opened;
      } catch (error) {
        closing.signal.throwIfAborted();
        options.onError(error instanceof Error ? error : new Error(String(error)));
      }
    }
    throw new Error('unreachable');
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
        others.delete(listener); // the connection keeps listening, without listeners
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

function* reconnectDelays(): Generator<number> {
  yield* RECONNECT_DELAYS_MS;
  for (;;) yield MAX_RECONNECT_DELAY_MS;
}
