import { Socket } from 'node:net';
import { setImmediate, setTimeout } from 'node:timers/promises';
import pg from 'pg';
import { NoAnswerError } from './no-answer-error.ts';

export interface ListenSessionOptions {
  readonly config: pg.ClientConfig;
  readonly channels: readonly string[];
  /** The delay between the answer to a heartbeat and the next heartbeat. */
  readonly heartbeatMs: number;
  /** The connection counts as broken when a heartbeat is not answered within this time. */
  readonly answerTimeoutMs: number;
  /** Called once, before the other callbacks, with the database's time since which it listens. */
  readonly onOpen?: (at: Date) => void;
  readonly onNotification: (channel: string, payload: string) => void;
  /** Called for every answer, with the database's time. */
  readonly onAlive: (at: Date) => void;
  /** Called once when an open session breaks, but not after `end`. */
  readonly onBroken: (error: Error) => void;
}

/** Longer than `answerTimeoutMs`: a server that is slow at first must not prevent the start. */
const LISTEN_TIMEOUT_MS = 5_000;

/** A connection that listens for notifications. */
export interface ListenSession {
  /** Listens to another channel. Resolves with the database's time since which it listens. */
  listen(channel: string): Promise<Date>;
  end(): Promise<void>;
}

/**
 * Opens a separate connection and listens to `channels`.
 *
 * Heartbeats detect a frozen server or network within `heartbeatMs` plus `answerTimeoutMs`. A closed connection is
 * detected immediately.
 *
 * @throws pg's error. @throws {NoAnswerError} when the server does not answer in time.
 */
export async function openListenSession(options: ListenSessionOptions): Promise<ListenSession> {
  const { config, channels, heartbeatMs, answerTimeoutMs, onBroken } = options;
  const socket = new Socket();
  const client = new pg.Client({ ...config, keepAlive: true, stream: () => socket });
  const query = createQuery(client, options.onAlive);
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

  async function sendHeartbeats(): Promise<void> {
    while (!over.signal.aborted) {
      await setTimeout(heartbeatMs, undefined, { ref: false, signal: over.signal });
      await query('', answerTimeoutMs);
    }
  }

  const open = bufferNotifications(client, options);
  try {
    await client.connect();
    const at = await query(channels.map(toListen).join(''), LISTEN_TIMEOUT_MS);
    // The answer and the end of the session can arrive in one packet.
    over.signal.throwIfAborted();
    open(at);
    isOpen = true;
    sendHeartbeats().catch(abort);
  } catch (error) {
    over.abort();
    socket.destroy();
    throw error;
  }
  return {
    listen: (channel) => query(toListen(channel), LISTEN_TIMEOUT_MS),
    async end() {
      over.abort();
      await withTimeout(client.end(), answerTimeoutMs).catch(() => socket.destroy());
    },
  };
}

/** Buffers notifications until the returned function is called, which calls `onOpen` first. */
function bufferNotifications(
  client: pg.Client,
  { onOpen, onNotification }: ListenSessionOptions,
): (at: Date) => void {
  const buffer: pg.Notification[] = [];
  let isBuffering = true;
  const deliver = ({ channel, payload = '' }: pg.Notification) => onNotification(channel, payload);
  client.on('notification', (each) => (isBuffering ? void buffer.push(each) : deliver(each)));
  return (at) => {
    onOpen?.(at);
    isBuffering = false;
    buffer.forEach(deliver);
  };
}

/** Creates the function that runs statements and returns the database's time. Calls run one after another. */
function createQuery(client: pg.Client, onAlive: (at: Date) => void) {
  let previous: Promise<unknown> = Promise.resolve();

  async function queryNow(statements: string, timeoutMs: number): Promise<Date> {
    const result = client.query<{ at: Date }>(`${statements}SELECT now() AS at`);
    // pg returns an array of results for several statements.
    const [last] = [await withTimeout(result, timeoutMs)].flat().slice(-1);
    const at = last?.rows[0]?.at ?? new Date(0);
    onAlive(at);
    return at;
  }

  return (statements: string, timeoutMs: number): Promise<Date> => {
    const result = previous.then(() => queryNow(statements, timeoutMs));
    previous = result.catch(() => {});
    return result;
  };
}

const toListen = (channel: string): string => `LISTEN ${pg.escapeIdentifier(channel)}; `;

/** @throws {NoAnswerError} when `answer` does not settle in time. Allows for a busy event loop. */
async function withTimeout<Answer>(answer: Promise<Answer>, timeoutMs: number): Promise<Answer> {
  const timer = new AbortController();
  const late = async (): Promise<never> => {
    await setTimeout(timeoutMs, undefined, { ref: false, signal: timer.signal });
    // Timers run before I/O: read an answer that has already arrived.
    await setImmediate();
    await setImmediate();
    throw new NoAnswerError(timeoutMs);
  };
  try {
    return await Promise.race([answer, late()]);
  } finally {
    timer.abort();
  }
}
