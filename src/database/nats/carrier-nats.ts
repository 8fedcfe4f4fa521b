import { setTimeout } from 'node:timers/promises';
import { createBatchReader } from '../event-batches.ts';
import type { CreateEventCarrier } from '../event-carrier.ts';
import { ACCESS_TOPIC } from '../topic-listeners.ts';
import { type BatchPosition, createBatchPosition } from './batch-position.ts';
import { type EventStream, openEventStream, type StreamPlace } from './event-stream.ts';
import type { NatsOptions } from './nats-options.ts';
import { createPublisher } from './publisher.ts';

/** The channel of PostgreSQL on which nodes are notified of changed rights alone. */
const ACCESS_CHANNEL = 'gatehouse_access';

/** How often a node reads batches without a notification, so that the last one it knows is always stored. */
const READ_DELAY_MS = 30_000;

/** The delays between attempts to read the stream. */
const RETRY_DELAYS_MS = [50, 100, 250, 500];
const MAX_RETRY_DELAY_MS = 1_000;

/**
 * Creates the carrier over NATS JetStream: the leader publishes the batches to a stream, which each node follows.
 *
 * Changes of rights still come from PostgreSQL, which decides about rights: sockets are closed in time without NATS too.
 */
export function createNatsCarrier(options: NatsOptions): CreateEventCarrier {
  return ({ deliver, onLost }) => {
    const closing = new AbortController();
    const report = createReporter(options.onError);
    const openStream = shareStream(options, closing.signal);
    let readAtMs = Number.NEGATIVE_INFINITY;
    let following: Promise<void> | undefined;

    const readAccess = createBatchReader({
      only: ACCESS_TOPIC,
      deliver,
      onLost: () => onLost((topic) => topic === ACCESS_TOPIC),
      onStart(number) {
        const onLostEvents = () => onLost((topic) => topic !== ACCESS_TOPIC);
        const position = createBatchPosition(number, { deliver, onLost: onLostEvents });
        following = follow(position);
      },
    });
    const publish = createPublisher({
      openStream,
      onError: report.failure,
      onSuccess: report.success,
      elapsedMs: () => performance.now(),
    });

    async function follow(position: BatchPosition): Promise<void> {
      let place: StreamPlace | undefined;
      for (let failures = 0; !closing.signal.aborted; failures += 1) {
        try {
          const stream = await openStream();
          place ??= await findPlace(stream, position);
          await stream.follow({
            place,
            signal: closing.signal,
            onMessage(message, next) {
              place = next;
              failures = 0;
              if (message === undefined) report.failure(new UnknownMessageError());
              else position.take(message);
            },
          });
        } catch (error) {
          if (!closing.signal.aborted) report.failure(error);
        }
        const delayMs = RETRY_DELAYS_MS[failures] ?? MAX_RETRY_DELAY_MS;
        await setTimeout(delayMs, undefined, { signal: closing.signal }).catch(() => {});
      }
    }

    return {
      channel: ACCESS_CHANNEL,
      async onNotification(query) {
        await readAccess(query);
        readAtMs = performance.now();
      },
      onRelayed(run) {
        if (closing.signal.aborted) return;
        publish(run);
        if (performance.now() - readAtMs < READ_DELAY_MS) return;
        readAtMs = performance.now();
        readAccess(run.query).catch(() => {}); // the session ends too, and the next one reads again
      },
      async close() {
        closing.abort();
        await openStream.close();
        await following;
      },
    };
  };
}

/** The end of the stream, unless it has messages that this process has to read. */
async function findPlace(
  stream: EventStream,
  position: BatchPosition,
): Promise<StreamPlace | undefined> {
  const { created, sequence, message } = await stream.readEnd();
  const isSeen = message !== undefined && message.number <= position.number();
  return isSeen ? { created, sequence } : undefined;
}

/** Returns the function that connects once for all callers, and again when the connection was closed. */
function shareStream(options: NatsOptions, closing: AbortSignal) {
  let opening: Promise<EventStream> | undefined;
  let opened: EventStream | undefined;

  async function open(): Promise<EventStream> {
    try {
      opened = await openEventStream(options);
      if (!closing.aborted) return opened;
      await opened.close();
    } catch (error) {
      opening = undefined;
      throw error;
    }
    throw closing.reason;
  }

  const share = (): Promise<EventStream> => {
    closing.throwIfAborted();
    if (opened?.isClosed() === true) [opened, opening] = [undefined, undefined];
    opening ??= open();
    return opening;
  };
  return Object.assign(async () => share(), {
    close: async () => {
      await (await opening?.catch(() => undefined))?.close();
    },
  });
}

/** Reports a failure once, until there is another one or a success. */
function createReporter(onError: (error: Error) => void) {
  let last: string | undefined;
  return {
    failure(thrown: unknown): void {
      const error = thrown instanceof Error ? thrown : new Error(String(thrown));
      if (error.message !== last) onError(error);
      last = error.message;
    },
    success(): void {
      last = undefined;
    },
  };
}

/** A message of the stream was ignored. */
class UnknownMessageError extends Error {
  override readonly name = 'UnknownMessageError';

  constructor() {
    super('A message in the stream of events is not one of Gatehouse. It was ignored.');
  }
}
