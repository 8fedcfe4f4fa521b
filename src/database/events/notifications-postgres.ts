import { setTimeout } from 'node:timers/promises';
import type pg from 'pg';
import type { CreateEventCarrier } from '../../events/event-carrier.ts';
import type { Notifications } from '../notifications.ts';
import { createPackageCarrier } from './carrier-of-package.ts';
import { createPostgresCarrier } from './carrier-postgres.ts';
import { readPosition, shareNextRun } from './event-position.ts';
import { createEventRelay, type RelayDelays } from './event-relay.ts';
import {
  type ListenSession,
  type ListenSessionOptions,
  OPEN_TIMEOUT_MS,
  openListenSession,
} from './listen-session.ts';
import type { SessionCarrier } from './session-carrier.ts';
import { createTopicListeners } from './topic-listeners.ts';

export interface PostgresNotificationsOptions {
  readonly config: pg.ClientConfig;
  /** Called when the connection breaks, and for each failed attempt to reconnect. */
  readonly onError: (error: Error) => void;
  /** Creates what brings the batches to the nodes. Undefined: PostgreSQL alone. */
  readonly createCarrier?: CreateEventCarrier | undefined;
}

/** A frozen connection is detected within the sum of the follower's delay and the timeout. */
const RELAY_DELAYS: RelayDelays = { leaderMs: 20, followerMs: 200 };
const ANSWER_TIMEOUT_MS = 400;

/** A session that also relays events. */
interface RelaySession extends ListenSession {
  /** See `Listening`. @throws the driver's error, also when the session ends. */
  position(): Promise<number>;
}

const RECONNECT_DELAYS_MS = [0, 20, 50, 100, 200, 400];
const MAX_RECONNECT_DELAY_MS = 1_000;

/**
 * Creates the notifications of PostgreSQL, and relays events from the outbox. Both use one separate connection, because
 * the pool closes and replaces its connections. The first `listen` opens it, and it is reopened whenever it breaks.
 *
 * A pooler in between must keep sessions: PgBouncer in transaction mode does not support `LISTEN`.
 */
export function createPostgresNotifications(options: PostgresNotificationsOptions): Notifications {
  const listeners = createTopicListeners();
  const closing = new AbortController();
  const receiver = { deliver: listeners.deliver, onLost: listeners.reportLoss };
  const { createCarrier } = options;
  const carrier =
    createCarrier === undefined
      ? createPostgresCarrier(receiver)
      : createPackageCarrier(createCarrier, receiver);
  const sessions = createSessions(options, carrier, closing.signal);

  async function position(): Promise<number> {
    for (;;) {
      const opened = await sessions.current();
      try {
        return await opened.position();
      } catch (error) {
        if (!opened.isOver()) throw error;
      }
    }
  }

  return {
    async listen(topic, listener) {
      const remove = listeners.add(topic, listener);
      try {
        await sessions.current();
      } catch (error) {
        remove();
        throw error;
      }
      return { position, stop: async () => remove() };
    },
    async close() {
      closing.abort();
      await carrier.close();
      await sessions.end();
    },
  };
}

/** Keeps one session open, from its first use until `closing` aborts. */
function createSessions(
  { config, onError }: PostgresNotificationsOptions,
  carrier: SessionCarrier,
  closing: AbortSignal,
) {
  let session: Promise<RelaySession> | undefined;

  const open = (firstAnswerTimeoutMs: number) =>
    openRelaySession({ config, firstAnswerTimeoutMs }, carrier, (error) => {
      onError(error);
      session = reopen();
      session.catch(() => {}); // rejects only when `closing` was aborted
    });

  async function reopen(): Promise<RelaySession> {
    for (const delayMs of reconnectDelays()) {
      await setTimeout(delayMs, undefined, { signal: closing });
      try {
        // It can freeze again before it is open: nodes must notice that as soon as afterwards.
        const opened = await open(ANSWER_TIMEOUT_MS);
        if (closing.aborted) await opened.end();
        closing.throwIfAborted();
        return opened;
      } catch (error) {
        closing.throwIfAborted();
        onError(error instanceof Error ? error : new Error(String(error)));
      }
    }
    throw new Error('unreachable');
  }

  function openFirst(): Promise<RelaySession> {
    const opening = open(OPEN_TIMEOUT_MS);
    opening.catch(() => {
      if (session === opening) session = undefined;
    });
    return opening;
  }

  return {
    /** @throws the driver's error when the first session cannot be opened. */
    async current(): Promise<RelaySession> {
      closing.throwIfAborted();
      session ??= openFirst();
      return session;
    },
    end: async () => (await session?.catch(() => undefined))?.end(),
  };
}

async function openRelaySession(
  options: Pick<ListenSessionOptions, 'config' | 'firstAnswerTimeoutMs'>,
  carrier: SessionCarrier,
  onBroken: (error: Error) => void,
): Promise<RelaySession> {
  const relay = createEventRelay(RELAY_DELAYS);
  const opened = await openListenSession({
    ...options,
    answerTimeoutMs: ANSWER_TIMEOUT_MS,
    channel: carrier.channel,
    async beat(query) {
      const { delayMs, leads } = await relay(query);
      carrier.onRelayed({ query, leads });
      return delayMs;
    },
    onNotification: carrier.onNotification,
    onBroken,
  });
  const position = shareNextRun(() => opened.run((query) => readPosition(query, relay)));
  return { ...opened, position };
}

function* reconnectDelays(): Generator<number> {
  yield* RECONNECT_DELAYS_MS;
  for (;;) yield MAX_RECONNECT_DELAY_MS;
}
