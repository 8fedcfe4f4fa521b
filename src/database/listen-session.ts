import { setImmediate, setTimeout } from 'node:timers/promises';
import pg from 'pg';
import { NoAnswerError } from './no-answer-error.ts';

export interface ListenSessionOptions {
  readonly config: pg.ClientConfig;
  readonly channels: readonly string[];
  /** How often the server is asked for a sign of life, once it has given the one before. */
  readonly heartbeatMs: number;
  /** A server that has not answered for so long is taken for gone. */
  readonly answerTimeoutMs: number;
  /** Told once, before anything else is: from when on it listens, by the database's clock. */
  readonly onOpen?: (at: Date) => void;
  readonly onNotification: (channel: string, payload: string) => void;
  /** Told of every sign of life, with the database's clock. */
  readonly onAlive: (at: Date) => void;
  /** Told once, when a session that was open is not there any more. Not after `end`. */
  readonly onBroken: (error: Error) => void;
}

/** Patience with a server that is only slow to begin: it is not to keep a process from starting. */
const LISTEN_TIMEOUT_MS = 5_000;

/** One connection that listens. */
export interface ListenSession {
  /** Listens to one more channel. The database's clock, once it does. */
  listen(channel: string): Promise<Date>;
  end(): Promise<void>;
}

/**
 * Opens a connection of its own and listens.
 *
 * A connection that breaks is noticed at once. One whose server, or the network in between, is frozen
 * says nothing: it is asked all the time, so that this takes `heartbeatMs` and `answerTimeoutMs` at most.
 *
 * @throws what pg throws, and when the server does not answer in time.
 */
export async function openListenSession(options: ListenSessionOptions): Promise<ListenSession> {
  const { config, channels, heartbeatMs, answerTimeoutMs, onBroken } = options;
  const client = new pg.Client({ ...config, keepAlive: true });
  const ask = createAsk(client, options.onAlive);
  const over = new AbortController();
  let isOpen = false;

  const breakOff = (error: Error): void => {
    if (over.signal.aborted) return;
    over.abort();
    client.connection.stream.destroy();
    if (isOpen) onBroken(error);
  };
  client.on('error', breakOff);
  client.on('end', () => breakOff(new Error('The listening connection has ended.')));

  async function beat(): Promise<void> {
    while (!over.signal.aborted) {
      await setTimeout(heartbeatMs, undefined, { ref: false, signal: over.signal });
      await ask('', answerTimeoutMs);
    }
  }

  const begin = holdNotifications(client, options);
  try {
    await client.connect();
    begin(await ask(channels.map(toListen).join(''), LISTEN_TIMEOUT_MS));
    isOpen = true;
    beat().catch(breakOff);
  } catch (error) {
    over.abort();
    client.connection.stream.destroy();
    throw error;
  }
  return {
    listen: (channel) => ask(toListen(channel), LISTEN_TIMEOUT_MS),
    async end() {
      over.abort();
      await inTime(client.end(), answerTimeoutMs).catch(() => client.connection.stream.destroy());
    },
  };
}

/** Keeps what is heard until the function that it gives is called: `onOpen` comes first. */
function holdNotifications(
  client: pg.Client,
  { onOpen, onNotification }: ListenSessionOptions,
): (at: Date) => void {
  const held: pg.Notification[] = [];
  let isHeld = true;
  const tell = ({ channel, payload = '' }: pg.Notification) => onNotification(channel, payload);
  client.on('notification', (heard) => (isHeld ? void held.push(heard) : tell(heard)));
  return (at) => {
    onOpen?.(at);
    isHeld = false;
    held.forEach(tell);
  };
}

/** Runs statements, and then one that tells the time; one call after the other, as pg wants it. */
function createAsk(client: pg.Client, onAlive: (at: Date) => void) {
  let turn: Promise<unknown> = Promise.resolve();

  async function askNow(statements: string, timeoutMs: number): Promise<Date> {
    const asked = client.query<{ at: Date }>(`${statements}SELECT now() AS at`);
    // Several statements at once have several results.
    const [last] = [await inTime(asked, timeoutMs)].flat().slice(-1);
    const at = last?.rows[0]?.at ?? new Date(0);
    onAlive(at);
    return at;
  }

  return (statements: string, timeoutMs: number): Promise<Date> => {
    const asked = turn.then(() => askNow(statements, timeoutMs));
    turn = asked.catch(() => {});
    return asked;
  };
}

const toListen = (channel: string): string => `LISTEN ${pg.escapeIdentifier(channel)}; `;

/** @throws {NoAnswerError} when `answer` is not there in time; a process that is late itself waits a little more. */
async function inTime<Answer>(answer: Promise<Answer>, timeoutMs: number): Promise<Answer> {
  const timer = new AbortController();
  const late = async (): Promise<never> => {
    await setTimeout(timeoutMs, undefined, { ref: false, signal: timer.signal });
    // Timers come before what has arrived meanwhile: an answer that is there already counts.
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
