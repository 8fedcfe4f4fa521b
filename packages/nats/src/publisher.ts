import type { BatchPage, RelayedRun, StoredBatches } from 'graphql-gatehouse';
import type { EventStream } from './event-stream.ts';
import type { BatchMessage } from './message.ts';

/** How often a node that is not the leader publishes batches that the leader has not published. */
const FOLLOWER_DELAY_MS = 500;

/** The maximum time without a message, so that the last one in the stream always has the position. */
const IDLE_MESSAGE_MS = 60_000;

/** The delay after a failure. It doubles with each further failure. */
const RETRY_DELAY_MS = 50;
const MAX_RETRY_DELAY_MS = 2_000;

/** Further pages are published in the next run. */
const MAX_PAGES_PER_RUN = 100;

/** The position up to which batches were published. */
interface Position {
  /** The batch of the last message. */
  readonly published: number;
  /** The last batch that was read, which may be one that is not for the stream. */
  readonly read: number;
  /**
   * The source of the position. `own`: this process has published or read the batch, so later batches may be missing once
   * it is no longer stored. `stream`: the last message, which may be an old one that was sent again. `table`: it is before
   * the oldest batch.
   */
  readonly source: 'own' | 'stream' | 'table';
}

export interface PublisherOptions {
  /** @throws the client's error when the server is unavailable. */
  readonly openStream: () => Promise<EventStream>;
  readonly onError: (error: unknown) => void;
  readonly onSuccess: () => void;
  /** A monotonic clock, in milliseconds. */
  readonly elapsedMs: () => number;
}

/**
 * Creates the function that publishes new batches. Every node calls it: the leader often, the others rarely, so that
 * events arrive also while the leader is frozen.
 *
 * Batches come from the table. The last message of the stream only shows which ones were published. Two nodes publish the
 * same batch with the same id, so the server stores it once. Nodes also skip numbers that they have seen.
 */
export function createPublisher({ openStream, onError, onSuccess, elapsedMs }: PublisherOptions) {
  let position: Position | undefined;
  let ledBefore = false;
  let isRunning = false;
  let nextRunAtMs = Number.NEGATIVE_INFINITY;
  const publishPage = createPublishPage(elapsedMs);
  let failures = 0;

  /** Finds where to continue: after the last message, or after a later batch that this process has read. */
  async function findPosition(stream: EventStream, batches: StoredBatches): Promise<Position> {
    const number = (await stream.readLast())?.number;
    if (number === undefined) return position ?? startOf(batches);
    if (position !== undefined && number <= position.read) return position;
    return { published: number, read: number, source: 'stream' };
  }

  async function run(relayed: RelayedRun): Promise<void> {
    const { batches, leads } = relayed;
    const stream = await openStream();
    // Other nodes publish too: only a node that stays the leader knows the end of the stream.
    const isKnown = leads && ledBefore && position !== undefined;
    ledBefore = false;
    if (!isKnown) position = await findPosition(stream, batches);
    for (let pages = 0, isFull = true; isFull && pages < MAX_PAGES_PER_RUN; pages += 1) {
      position ??= await startOf(batches);
      const page: Awaited<ReturnType<typeof publishPage>> = await publishPage(
        stream,
        relayed,
        position,
      );
      position = page.next;
      ({ isFull } = page);
    }
    ledBefore = leads;
  }

  async function runAndReport(relayed: RelayedRun): Promise<void> {
    isRunning = true;
    try {
      await run(relayed);
      failures = 0;
      onSuccess();
    } catch (error) {
      failures += 1;
      onError(error);
    }
    isRunning = false;
    const usualDelayMs = relayed.leads ? 0 : FOLLOWER_DELAY_MS;
    nextRunAtMs = elapsedMs() + Math.max(usualDelayMs, retryDelayMs(failures));
  }

  return (relayed: RelayedRun): void => {
    if (isRunning || elapsedMs() < nextRunAtMs) return;
    void runAndReport(relayed);
  };
}

/** Creates the function that publishes the next batches. It returns the new position, and whether there may be more. */
function createPublishPage(elapsedMs: PublisherOptions['elapsedMs']) {
  let publishedAtMs = Number.NEGATIVE_INFINITY;

  async function publish(stream: EventStream, from: Position, messages: readonly BatchMessage[]) {
    const count = await stream.publish(messages);
    publishedAtMs = elapsedMs();
    const published = messages[count - 1]?.number ?? from.published;
    return { count, next: { published, read: published, source: 'own' as const } };
  }

  /** Continues after batches that are no longer stored. */
  async function skipMissing(stream: EventStream, from: Position, batches: StoredBatches) {
    if (from.source === 'stream') return startOf(batches);
    const newest = await batches.readNewest();
    // The database was replaced, such as by an older copy: starting nodes must not read messages of the former one.
    if (newest < from.published) await stream.purge();
    const loss = { number: newest, previous: null, ...nothing };
    return (await publish(stream, from, [loss])).next;
  }

  return async function publishPage(
    stream: EventStream,
    { batches, leads }: RelayedRun,
    from: Position,
  ) {
    const page = await batches.readAfter(from.read);
    const { isFound, isFull } = page;
    if (!isFound && from.source !== 'table') {
      return { next: await skipMissing(stream, from, batches), isFull: true };
    }
    const read = page.batches.at(-1)?.number ?? from.read;
    const messages = toMessages(page.batches, from.published);
    const isChecked = from.source !== 'table' || page.batches.length > 0;
    const isIdle = messages.length === 0 && elapsedMs() - publishedAtMs > IDLE_MESSAGE_MS;
    if (isIdle && isChecked && leads) {
      messages.push({ number: read, previous: from.published, ...nothing });
    }
    if (messages.length === 0) {
      const source = isChecked ? ('own' as const) : from.source;
      return { next: { ...from, read, source }, isFull };
    }
    const { count, next } = await publish(stream, from, messages);
    const isDone = count === messages.length;
    return { next: isDone ? { ...next, read } : next, isFull: isFull || !isDone };
  };
}

const retryDelayMs = (failures: number): number =>
  failures === 0 ? 0 : Math.min(MAX_RETRY_DELAY_MS, RETRY_DELAY_MS * 2 ** (failures - 1));

/** The position before the oldest batch. */
async function startOf(batches: StoredBatches): Promise<Position> {
  const before = (await batches.readOldest()) - 1;
  return { published: before, read: before, source: 'table' };
}

const nothing = { topic: '', payloads: '' };

/** Batches that have nothing for a carrier are not published. */
function toMessages(batches: BatchPage['batches'], published: number): BatchMessage[] {
  const messages: BatchMessage[] = [];
  for (const { number, topic, payloads } of batches) {
    if (payloads === '') continue;
    const previous = messages.at(-1)?.number ?? published;
    messages.push({ number, previous, topic, payloads });
  }
  return messages;
}
