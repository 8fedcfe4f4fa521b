import {
  DeliverPolicy,
  JetStreamApiCodes,
  JetStreamApiError,
  type JetStreamClient,
  type JetStreamManager,
  jetstream,
  jetstreamManager,
  type StreamInfo,
} from '@nats-io/jetstream';
import { connect, type NatsConnection, nanos } from '@nats-io/transport-node';
import type { BatchMessage, MessageFormat } from './message.ts';
import type { NatsOptions } from './nats-options.ts';

/** The maximum time to connect, and to wait for an answer. */
const ANSWER_TIMEOUT_MS = 2_000;
/** The interval of pings. A frozen server is detected after three of them. */
const PING_INTERVAL_MS = 1_000;
const RECONNECT_DELAY_MS = 250;

/** Like that of batches in PostgreSQL. */
export const MAX_AGE_MS = 5 * 60_000;
const MAX_BYTES = 64 * 2 ** 20;
const DUPLICATES_MS = 2 * 60_000;

/** The server removes the ordered consumer of a node that has gone after this time. */
const INACTIVE_MS = 60_000;
const HEARTBEAT_MS = 1_000;
const PULL_MS = 5_000;
const PULL_MESSAGES = 200;

/** A place in a stream, after which reading continues. */
export interface StreamPlace {
  /** When the stream was created, as written by the server. A recreated stream counts from 1. */
  readonly created: string;
  /** The sequence number of a message, which may have been removed. 0: before the first one. */
  readonly sequence: number;
}

/** The stream of an installation on a connected server. */
export interface EventStream {
  /** Reads the last message. Undefined: the stream is empty, or another program wrote the last one. */
  readLast(): Promise<BatchMessage | undefined>;
  /**
   * Publishes messages in a row. The server rejects a message, except the first one, if another program has published
   * since the one before it. A message that is in the stream already counts as published.
   *
   * Returns how many messages from the first on are in the stream. @throws the error of the first message.
   */
  publish(messages: readonly BatchMessage[]): Promise<number>;
  /** Removes all messages. */
  purge(): Promise<void>;
  /** Reads messages until the server is silent or `signal` is aborted. Without `place`, it starts at the first one. */
  follow(options: FollowOptions): Promise<void>;
  isClosed(): boolean;
  close(): Promise<void>;
}

export interface FollowOptions {
  readonly place: StreamPlace | undefined;
  /** Undefined: another program wrote the message. */
  readonly onMessage: (message: BatchMessage | undefined, place: StreamPlace) => Promise<void>;
  readonly signal: AbortSignal;
}

/** Connects to the server, and creates the stream if it is missing. @throws the client's error, without secrets. */
export async function openEventStream(
  options: NatsOptions,
  format: MessageFormat,
): Promise<EventStream> {
  const connection = await connectNats(options);
  try {
    const manager = await jetstreamManager(connection, { timeout: ANSWER_TIMEOUT_MS });
    const client = jetstream(connection, { timeout: ANSWER_TIMEOUT_MS });
    await makeStream(manager, options);
    return createEventStream({ ...options, format, connection, manager, client });
  } catch (error) {
    await connection.close();
    throw error;
  }
}

/** Connects to the first server that answers. @throws the client's error, without secrets. */
export const connectNats = ({
  servers,
  isTls,
  credentials,
}: NatsOptions): Promise<NatsConnection> =>
  connect({
    servers: [...servers],
    name: 'gatehouse',
    ...credentials,
    ...(isTls ? { tls: {} } : {}),
    timeout: ANSWER_TIMEOUT_MS,
    pingInterval: PING_INTERVAL_MS,
    maxPingOut: 2,
    maxReconnectAttempts: -1,
    reconnectTimeWait: RECONNECT_DELAY_MS,
    ignoreAuthErrorAbort: true,
  });

/** Returns the stream, and creates it if it is missing. Does not change an existing stream. */
export async function makeStream(
  { streams }: JetStreamManager,
  { streamName, subject }: NatsOptions,
): Promise<StreamInfo> {
  try {
    return await streams.info(streamName);
  } catch (error) {
    if (!isApiError(error, JetStreamApiCodes.StreamNotFound)) throw error;
    return streams.add({
      name: streamName,
      subjects: [subject],
      description: 'Events of Gatehouse',
      max_age: nanos(MAX_AGE_MS),
      max_bytes: MAX_BYTES,
      duplicate_window: nanos(DUPLICATES_MS),
    });
  }
}

const isApiError = (error: unknown, code: number): boolean =>
  error instanceof JetStreamApiError && error.code === code;

interface Parts extends NatsOptions {
  readonly format: MessageFormat;
  readonly connection: NatsConnection;
  readonly manager: JetStreamManager;
  readonly client: JetStreamClient;
}

function createEventStream(parts: Parts): EventStream {
  const { connection, manager, client, streamName, subject, format } = parts;

  return {
    async readLast() {
      const { state } = await makeStream(manager, parts);
      if (state.messages === 0) return undefined;
      const stored = await manager.streams.getMessage(streamName, { seq: state.last_seq });
      return stored === null ? undefined : format.parse(stored.string());
    },
    async publish(messages) {
      const answers = await Promise.allSettled(
        messages.map((message, index) => {
          const before = messages[index - 1];
          const expected = before === undefined ? {} : { lastMsgID: format.idOf(before) };
          return client.publish(subject, format.print(message), {
            msgID: format.idOf(message),
            expect: { streamName, ...expected },
          });
        }),
      );
      const failed = answers.findIndex(({ status }) => status === 'rejected');
      const failure = answers[failed];
      if (failed === 0 && failure?.status === 'rejected') throw failure.reason;
      return failed < 0 ? answers.length : failed;
    },
    purge: async () => void (await manager.streams.purge(streamName)),
    follow: (options) => follow(parts, options),
    isClosed: () => connection.isClosed(),
    close: () => connection.close(),
  };
}

async function follow(parts: Parts, { place, onMessage, signal }: FollowOptions): Promise<void> {
  const { connection, manager, client, streamName, format } = parts;
  const { created, state } = await makeStream(manager, parts);
  const isSame = place?.created === created && place.sequence <= state.last_seq;
  const consumer = await client.consumers.get(streamName, {
    deliver_policy: DeliverPolicy.StartSequence,
    opt_start_seq: isSame ? place.sequence + 1 : 1,
    inactive_threshold: nanos(INACTIVE_MS),
  });
  const messages = await consumer.consume({
    max_messages: PULL_MESSAGES,
    expires: PULL_MS,
    idle_heartbeat: HEARTBEAT_MS,
  });
  const stop = () => messages.stop();
  signal.addEventListener('abort', stop);
  const changes = connection.status();
  // The server has removed the consumer, or is silent. The next call checks the place again.
  const watching = Promise.all([
    stopAt(changes, ['reconnect', 'close'], stop),
    stopAt(messages.status(), ['heartbeats_missed', 'consumer_deleted', 'stream_not_found'], stop),
  ]);
  watching.catch(stop);
  try {
    signal.throwIfAborted();
    for await (const message of messages) {
      await onMessage(format.parse(message.string()), { created, sequence: message.seq });
    }
  } finally {
    signal.removeEventListener('abort', stop);
    stop();
    // On failure, the server removes it after a minute.
    if (!connection.isClosed()) consumer.delete().catch(() => {});
  }
}

async function stopAt(
  events: AsyncIterable<{ readonly type: string }>,
  types: readonly string[],
  stop: () => void,
): Promise<void> {
  for await (const { type } of events) {
    if (types.includes(type)) return stop();
  }
}
