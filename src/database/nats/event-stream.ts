import {
  DeliverPolicy,
  JetStreamApiCodes,
  JetStreamApiError,
  type JetStreamClient,
  type JetStreamManager,
  jetstream,
  jetstreamManager,
  type PubAck,
  type StreamInfo,
} from '@nats-io/jetstream';
import { connect, type NatsConnection, nanos } from '@nats-io/transport-node';
import { type BatchMessage, messageIdOf, parseMessage, printMessage } from './message.ts';
import type { NatsOptions } from './nats-options.ts';

/** The maximum time to connect, and to wait for an answer. */
const ANSWER_TIMEOUT_MS = 2_000;
/** A frozen server is detected after three of these. */
const PING_INTERVAL_MS = 1_000;
const RECONNECT_DELAY_MS = 250;

/** As batches in PostgreSQL. */
const MAX_AGE_MS = 5 * 60_000;
const MAX_BYTES = 64 * 2 ** 20;
const DUPLICATES_MS = 2 * 60_000;

/** An ordered consumer of a node that has gone is removed by the server after this time. */
const INACTIVE_MS = 60_000;
const HEARTBEAT_MS = 1_000;
const PULL_MS = 5_000;
const PULL_MESSAGES = 200;

/** The end of a stream. */
export interface StreamEnd extends StreamPlace {
  /** The last message. Undefined: the stream is empty, or another program wrote the last one. */
  readonly message: BatchMessage | undefined;
}

/** A place in a stream, from which reading goes on. */
export interface StreamPlace {
  /** When the stream was made, as the server writes it: a stream that was made again counts from 1. */
  readonly created: string;
  /** The sequence number of a message, which may have been removed. 0: before the first one. */
  readonly sequence: number;
}

/** The stream of an installation on a connected server. */
export interface EventStream {
  readEnd(): Promise<StreamEnd>;
  /**
   * Publishes messages, of which the first one must follow the message with the sequence number `after`, and each of
   * the others the one before it. The server refuses them if another node has published meanwhile.
   *
   * @throws the error of the first message.
   */
  publish(messages: readonly BatchMessage[], after: number): Promise<Published>;
  /** Reads messages until the server is silent or `signal` is aborted. `place`: undefined: from the first one. */
  follow(options: FollowOptions): Promise<void>;
  isClosed(): boolean;
  close(): Promise<void>;
}

/** What the stream has of messages that were published. */
export interface Published {
  /** How many of the first messages it has. */
  readonly count: number;
  /** The sequence number of the last message. Undefined: another node published too. */
  readonly sequence: number | undefined;
}

export interface FollowOptions {
  readonly place: StreamPlace | undefined;
  readonly onMessage: (message: BatchMessage | undefined, place: StreamPlace) => void;
  readonly signal: AbortSignal;
}

/** Connects to the server, and makes the stream unless it is there. @throws the client's error, without secrets. */
export async function openEventStream(options: NatsOptions): Promise<EventStream> {
  const connection = await connectNats(options);
  try {
    const manager = await jetstreamManager(connection, { timeout: ANSWER_TIMEOUT_MS });
    const client = jetstream(connection, { timeout: ANSWER_TIMEOUT_MS });
    await makeStream(manager, options);
    return createEventStream({ ...options, connection, manager, client });
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

/** Returns the stream, which is made when missing. One that an operator made or changed stays as it is. */
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

/** By id, since a sequence number would fit after any message that another node has stored. */
const expectedBefore = (before: BatchMessage | undefined, sequence: number) =>
  before === undefined ? { lastSequence: sequence } : { lastMsgID: messageIdOf(before) };

const isNew = (answer: PromiseSettledResult<PubAck>): boolean =>
  answer.status === 'fulfilled' && !answer.value.duplicate;

/** The code of the server for an unexpected last message; the client does not export it. */
const WRONG_LAST_ID = 10_070;

const isConflict = (error: unknown): boolean =>
  isApiError(error, JetStreamApiCodes.StreamWrongLastSequence) || isApiError(error, WRONG_LAST_ID);

const isApiError = (error: unknown, code: number): boolean =>
  error instanceof JetStreamApiError && error.code === code;

interface Parts extends NatsOptions {
  readonly connection: NatsConnection;
  readonly manager: JetStreamManager;
  readonly client: JetStreamClient;
}

function createEventStream(parts: Parts): EventStream {
  const { connection, manager, client, streamName, subject } = parts;

  return {
    async readEnd() {
      const { created, state } = await makeStream(manager, parts);
      const place = { created, sequence: state.last_seq };
      if (state.messages === 0) return { ...place, message: undefined };
      const stored = await manager.streams.getMessage(streamName, { seq: state.last_seq });
      const message = stored === null ? undefined : parseMessage(stored.string());
      return { ...place, message };
    },
    async publish(messages, after) {
      const answers = await Promise.allSettled(
        messages.map((message, index) =>
          client.publish(subject, printMessage(message), {
            msgID: messageIdOf(message),
            expect: { streamName, ...expectedBefore(messages[index - 1], after) },
          }),
        ),
      );
      const failed = answers.findIndex(({ status }) => status === 'rejected');
      const stored = failed < 0 ? answers : answers.slice(0, failed);
      const failure = answers[failed];
      const isRefused = failure?.status === 'rejected' && isConflict(failure.reason);
      if (failure?.status === 'rejected' && failed === 0 && !isRefused) throw failure.reason;
      const isAlone = !isRefused && stored.every(isNew);
      return { count: stored.length, sequence: isAlone ? after + stored.length : undefined };
    },
    follow: (options) => follow(parts, options),
    isClosed: () => connection.isClosed(),
    close: () => connection.close(),
  };
}

async function follow(parts: Parts, { place, onMessage, signal }: FollowOptions): Promise<void> {
  const { connection, manager, client, streamName } = parts;
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
  // The server has forgotten the consumer, or is silent. The next call starts from a place that is checked again.
  const watching = Promise.all([
    stopAt(changes, ['reconnect', 'close'], stop),
    stopAt(messages.status(), ['heartbeats_missed', 'consumer_deleted', 'stream_not_found'], stop),
  ]);
  watching.catch(stop);
  try {
    signal.throwIfAborted();
    for await (const message of messages) {
      onMessage(parseMessage(message.string()), { created, sequence: message.seq });
    }
  } finally {
    signal.removeEventListener('abort', stop);
    stop();
    // Otherwise the server removes it a minute later.
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
