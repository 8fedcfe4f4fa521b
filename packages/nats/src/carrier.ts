import { setTimeout } from 'node:timers/promises';
import type { CreateEventCarrier, StoredBatches } from 'graphql-gatehouse';
import { type BatchPosition, createBatchPosition } from './batch-position.ts';
import { type EventStream, openEventStream, type StreamPlace } from './event-stream.ts';
import { type BatchMessage, createMessageFormat } from './message.ts';
import type { NatsOptions } from './nats-options.ts';
import { createPublisher } from './publisher.ts';

const READ_RETRY_MS = 100;

const IGNORED_REPORT_MS = 60_000;

/** The delays between attempts to read the stream. */
const RETRY_DELAYS_MS = [50, 100, 250, 500];
const MAX_RETRY_DELAY_MS = 1_000;

export interface NatsCarrierOptions extends NatsOptions {
  /** Called for a failure that differs from the one before. Another attempt follows. */
  readonly onError: (error: Error) => void;
}

/** Creates the carrier over NATS JetStream: the leader publishes the batches to a stream, which each node follows. */
export function createNatsCarrier(options: NatsCarrierOptions): CreateEventCarrier {
  return ({ deliver, onLost }) => {
    const closing = new AbortController();
    const { onError, onSuccess } = createReporter(options.onError);
    const onIgnored = createIgnoredCount(options.onError);
    const database = createLatestSession(closing.signal);
    let openStream: ReturnType<typeof shareStream> | undefined;
    let publish: ReturnType<typeof createPublisher> | undefined;
    let position: BatchPosition | undefined;
    let following: Promise<void> | undefined;

    /** The first call finds the start. Later ones notice a database that was replaced. */
    async function checkPosition(batches: StoredBatches): Promise<void> {
      const newest = await batches.readNewest();
      position?.compare(newest);
      position ??= createBatchPosition({
        start: newest,
        deliver,
        onLost,
        readNewest: () => database.read((latest) => latest.readNewest()),
      });
    }

    /** Connects to NATS, with the key that the nodes share. */
    async function begin(batches: StoredBatches): Promise<void> {
      const format = createMessageFormat({ ...options, key: await batches.readKey() });
      const open = shareStream(() => openEventStream(options, format), closing.signal);
      openStream = open;
      const elapsedMs = () => performance.now();
      publish = createPublisher({ openStream: open, onError, onSuccess, elapsedMs });
      following = follow(open, {
        closing: closing.signal,
        onError,
        async take(message) {
          const isTrue = message !== undefined && (await position?.take(message)) === true;
          if (!isTrue) onIgnored();
        },
      });
    }

    return {
      async onSession(batches) {
        database.use(batches);
        await checkPosition(batches);
        if (openStream === undefined) await begin(batches);
      },
      onRelayed(run) {
        if (closing.signal.aborted) return;
        database.use(run.batches);
        publish?.(run);
      },
      async close() {
        closing.abort();
        await openStream?.close();
        await following;
      },
    };
  };
}

interface FollowOptions {
  readonly closing: AbortSignal;
  readonly onError: (error: unknown) => void;
  readonly take: (message: BatchMessage | undefined) => Promise<void>;
}

/** Follows a stream until `closing` aborts, and continues after failures at the same place. */
async function follow(
  open: () => Promise<EventStream>,
  { closing, onError, take }: FollowOptions,
): Promise<void> {
  // Starts at the first message: the last one may have been sent by another program.
  let place: StreamPlace | undefined;
  for (let failures = 0; !closing.aborted; failures += 1) {
    try {
      const stream = await open();
      await stream.follow({
        place,
        signal: closing,
        async onMessage(message, next) {
          await take(message);
          place = next;
          failures = 0;
        },
      });
    } catch (error) {
      if (!closing.aborted) onError(error);
    }
    const delayMs = RETRY_DELAYS_MS[failures] ?? MAX_RETRY_DELAY_MS;
    await setTimeout(delayMs, undefined, { signal: closing }).catch(() => {});
  }
}

/** Keeps the latest session on the database, for reads that have no session of their own. */
function createLatestSession(closing: AbortSignal) {
  let latest: StoredBatches | undefined;
  return {
    use(batches: StoredBatches): void {
      latest = batches;
    },
    /** Repeats the read until there is a session that answers. @throws when the carrier is closed. */
    async read<Result>(read: (batches: StoredBatches) => Promise<Result>): Promise<Result> {
      for (;;) {
        closing.throwIfAborted();
        const result = latest && (await read(latest).catch(() => undefined));
        if (result !== undefined) return result;
        await setTimeout(READ_RETRY_MS, undefined, { signal: closing });
      }
    },
  };
}

/** Returns the function that connects once for all callers, and again when the connection was closed. */
function shareStream(openNew: () => Promise<EventStream>, closing: AbortSignal) {
  let opening: Promise<EventStream> | undefined;
  let opened: EventStream | undefined;

  async function open(): Promise<EventStream> {
    try {
      opened = await openNew();
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
function createReporter(report: (error: Error) => void) {
  let last: string | undefined;
  return {
    onError(thrown: unknown): void {
      const error = thrown instanceof Error ? thrown : new Error(String(thrown));
      if (error.message !== last) report(error);
      last = error.message;
    },
    onSuccess(): void {
      last = undefined;
    },
  };
}

/** Returns the function that reports ignored messages: the first one, and then at most once a minute. */
function createIgnoredCount(onError: (error: Error) => void) {
  let count = 0;
  let reportedAtMs = Number.NEGATIVE_INFINITY;
  return (): void => {
    count += 1;
    if (performance.now() - reportedAtMs < IGNORED_REPORT_MS) return;
    onError(new UnknownMessageError(count));
    reportedAtMs = performance.now();
    count = 0;
  };
}

class UnknownMessageError extends Error {
  override readonly name = 'UnknownMessageError';

  constructor(count: number) {
    super(
      `${count} ${count === 1 ? 'message' : 'messages'} in the stream of events did not come from a node of this ` +
        'installation, or contradict the database. They were ignored. Only nodes should have the right to publish.',
    );
  }
}
