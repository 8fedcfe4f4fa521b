import { Socket } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import pg from 'pg';
import type { PreparedStatement } from '../connection.ts';
import { NoAnswerError, withTimeout } from '../time/no-answer-error.ts';

/** Runs a statement on the session's connection. @throws {NoAnswerError} when there is no answer in time. */
export type SessionQuery = <Row extends object>(
  statement: PreparedStatement,
  values?: readonly unknown[],
) => Promise<readonly Row[]>;

export interface ListenSessionOptions {
  readonly config: pg.ClientConfig;
  readonly channel: string;
  /** The connection counts as broken when a beat is not answered within this time. */
  readonly answerTimeoutMs: number;
  /** The same for the first statements after it listens. */
  readonly firstAnswerTimeoutMs: number;
  /** Runs again and again. Resolves with the delay until the next run, in milliseconds. */
  readonly beat: (query: SessionQuery) => Promise<number>;
  /** Runs when the connection listens, and after notifications. Its runs do not overlap. */
  readonly onNotification: (query: SessionQuery) => Promise<void>;
  /** Called once when an open session breaks, but not after `end`. */
  readonly onBroken: (error: Error) => void;
}

/** How long it may take to listen: a server that is slow at first must not prevent the start. */
export const OPEN_TIMEOUT_MS = 5_000;

/**
 * The server ends the connection of a frozen process after this time. Otherwise it would keep all notifications that the
 * process has not read, until there is no space for others.
 */
export const FROZEN_AFTER_MS = 5_000;

/** `tcp_user_timeout` is for a server that waits for the process to read an answer: it is not idle then. */
const listenOn = (channel: string) => `SET idle_session_timeout = ${FROZEN_AFTER_MS};
  SET tcp_user_timeout = ${FROZEN_AFTER_MS};
  SET default_transaction_isolation = 'read committed';
  LISTEN ${channel}`;

export interface ListenSession {
  /** Runs statements between the beats. The connection counts as broken when one is not answered in time. */
  run<Result>(work: (query: SessionQuery) => Promise<Result>): Promise<Result>;
  isOver(): boolean;
  end(): Promise<void>;
}

/**
 * Opens a separate connection that listens for events.
 *
 * Beats detect a frozen server or network within their delay plus `answerTimeoutMs`. A closed connection is detected
 * immediately.
 *
 * @throws pg's error. @throws {NoAnswerError} when the server does not answer in time.
 */
export async function openListenSession(options: ListenSessionOptions): Promise<ListenSession> {
  const { config, channel, answerTimeoutMs, firstAnswerTimeoutMs } = options;
  const { beat, onNotification, onBroken } = options;
  const socket = new Socket();
  const client = new pg.Client({ ...config, keepAlive: true, stream: () => socket });
  const over = new AbortController();
  let isOpen = false;

  const abort = (error: Error): void => {
    if (over.signal.aborted) return;
    over.abort(error);
    socket.destroy();
    if (isOpen) onBroken(error);
  };
  client.on('error', abort);
  client.on('end', () => abort(new Error('The listening connection has ended.')));

  const queryWithin = createQueries(client);
  const handleNotifications = runOneAfterAnother(() =>
    onNotification(queryWithin(isOpen ? answerTimeoutMs : firstAnswerTimeoutMs)),
  );
  client.on('notification', () => void handleNotifications().catch(abort));

  async function runBeats(firstDelayMs: number): Promise<void> {
    let delayMs = firstDelayMs;
    while (!over.signal.aborted) {
      await setTimeout(delayMs, undefined, { ref: false, signal: over.signal });
      delayMs = await beat(queryWithin(answerTimeoutMs));
    }
  }

  try {
    await client.connect();
    await withTimeout(client.query(listenOn(channel)), OPEN_TIMEOUT_MS);
    await handleNotifications();
    const delayMs = await beat(queryWithin(firstAnswerTimeoutMs));
    // The answer and the end of the session can arrive in one packet.
    over.signal.throwIfAborted();
    isOpen = true;
    runBeats(delayMs).catch(abort);
  } catch (error) {
    over.abort();
    socket.destroy();
    throw error;
  }
  return {
    async run(work) {
      try {
        return await work(queryWithin(answerTimeoutMs));
      } catch (error) {
        if (error instanceof NoAnswerError) abort(error);
        throw error;
      }
    },
    isOver: () => over.signal.aborted,
    async end() {
      over.abort();
      await withTimeout(client.end(), answerTimeoutMs).catch(() => socket.destroy());
    },
  };
}

/** Creates a function that runs `work`. A call while it runs makes it run once more afterwards. */
function runOneAfterAnother(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  let isDue = false;

  async function runWhileDue(): Promise<void> {
    while (isDue) {
      isDue = false;
      await work();
    }
  }

  return () => {
    isDue = true;
    running ??= runWhileDue().finally(() => {
      running = undefined;
    });
    return running;
  };
}

/** Creates the functions that run statements on a connection, one after the other: pg warns of a second one. */
function createQueries(client: pg.Client) {
  let previous: Promise<unknown> = Promise.resolve();

  /** `timeoutMs` includes the time of statements before it: they may be ones that a frozen server never answers. */
  return (timeoutMs: number): SessionQuery =>
    async <Row extends object>(statement: PreparedStatement, values: readonly unknown[] = []) => {
      const answer = previous.then(() => client.query<Row>({ ...statement, values: [...values] }));
      previous = answer.catch(() => {});
      return (await withTimeout(answer, timeoutMs)).rows;
    };
}
