import { readBatchesFrom, readNewestNumber, readOldestNumber } from '../event-batches.ts';
import type { RelayedRun } from '../event-carrier.ts';
import type { SessionQuery } from '../listen-session.ts';
import { ACCESS_TOPIC } from '../topic-listeners.ts';
import type { EventStream } from './event-stream.ts';
import type { BatchMessage } from './message.ts';

/** How often a node that does not lead publishes what the leader has left. */
const FOLLOWER_DELAY_MS = 500;

/** The stream is never empty for longer than this, so that its last message shows how far it was filled. */
const IDLE_MESSAGE_MS = 60_000;

/** How far the stream was filled. */
interface Position {
  /** The sequence number of the last message. Undefined: another node published too, so it must be read. */
  readonly sequence: number | undefined;
  /** The batch of the last message. */
  readonly published: number;
  /** The last batch that was read. It may be one that is not for the stream. */
  readonly read: number;
  /** Whether the batch `read` must still be stored. If it is not, others after it may be missing too. */
  readonly isChecked: boolean;
}

export interface PublisherOptions {
  /** @throws the client's error when the server is away. */
  readonly openStream: () => Promise<EventStream>;
  readonly onError: (error: unknown) => void;
  readonly onSuccess: () => void;
  /** A monotonic clock, in milliseconds. */
  readonly elapsedMs: () => number;
}

/**
 * Creates the function that publishes new batches. Every node calls it: the leader often, the others seldom, so that
 * nothing waits for a leader that is frozen.
 *
 * Where to go on is read from the stream itself, so a message and the position after it are one write. Each message
 * names the sequence number that it expects: two nodes that publish at once store each batch once.
 */
export function createPublisher({ openStream, onError, onSuccess, elapsedMs }: PublisherOptions) {
  let position: Position | undefined;
  let ledBefore = false;
  let isRunning = false;
  let ranAtMs = Number.NEGATIVE_INFINITY;
  let publishedAtMs = Number.NEGATIVE_INFINITY;

  /** Reads where to go on. An empty stream is filled with what this process has not published, or with all batches. */
  async function findPosition(stream: EventStream, query: SessionQuery): Promise<Position> {
    const { sequence, message } = await stream.readEnd();
    if (message !== undefined) {
      const { number } = message;
      return { sequence, published: number, read: number, isChecked: true };
    }
    if (position !== undefined) return { ...position, sequence };
    const before = (await readOldestNumber(query)) - 1;
    return { sequence, published: before, read: before, isChecked: false };
  }

  async function publish(stream: EventStream, from: Position, messages: readonly BatchMessage[]) {
    const { count, sequence } = await stream.publish(messages, from.sequence ?? 0);
    publishedAtMs = elapsedMs();
    const published = messages[count - 1]?.number ?? from.published;
    const isChecked = count > 0 || from.isChecked;
    return { count, position: { sequence, published, read: published, isChecked } };
  }

  /** Publishes the next batches. Returns the new position, and whether there may be more. */
  async function publishPage(stream: EventStream, { query, leads }: RelayedRun, from: Position) {
    const { isFound, batches, isFull } = await readBatchesFrom(query, from.read);
    if (from.isChecked && !isFound) {
      const marker = { number: await readNewestNumber(query), previous: null };
      const { position: next } = await publish(stream, from, [{ ...marker, ...nothing }]);
      return { next, isFull: true };
    }
    const read = batches.at(-1)?.number ?? from.read;
    const messages = toMessages(batches, from.published);
    const isChecked = from.isChecked || batches.length > 0;
    const isIdle = messages.length === 0 && elapsedMs() - publishedAtMs > IDLE_MESSAGE_MS;
    if (isIdle && isChecked && leads) {
      messages.push({ number: read, previous: from.published, ...nothing });
    }
    if (messages.length === 0) return { next: { ...from, read, isChecked }, isFull };
    const { count, position: next } = await publish(stream, from, messages);
    const isDone = count === messages.length;
    return { next: isDone ? { ...next, read } : next, isFull: isFull || !isDone };
  }

  async function run(relayed: RelayedRun): Promise<void> {
    const { query, leads } = relayed;
    const stream = await openStream();
    // Others publish too: only a leader knows the end of the stream from its last run.
    const isKnown = leads && ledBefore && position?.sequence !== undefined;
    ledBefore = false;
    let current = isKnown ? position : undefined;
    for (let isFull = true; isFull; ) {
      current ??= await findPosition(stream, query);
      const page: Awaited<ReturnType<typeof publishPage>> = await publishPage(
        stream,
        relayed,
        current,
      );
      position = page.next;
      current = position.sequence === undefined ? undefined : position;
      ({ isFull } = page);
    }
    ledBefore = leads;
  }

  return (relayed: RelayedRun): void => {
    if (isRunning) return;
    if (!relayed.leads && elapsedMs() - ranAtMs < FOLLOWER_DELAY_MS) return;
    isRunning = true;
    run(relayed)
      .then(onSuccess, onError)
      .finally(() => {
        isRunning = false;
        ranAtMs = elapsedMs();
      });
  };
}

const nothing = { topic: '', payloads: '' };

/** Changes of rights are not for the stream: their way must not depend on it. */
function toMessages(
  batches: readonly {
    readonly number: number;
    readonly topic: string;
    readonly payloads: string;
  }[],
  published: number,
): BatchMessage[] {
  const messages: BatchMessage[] = [];
  for (const { number, topic, payloads } of batches) {
    if (topic === ACCESS_TOPIC || payloads === '') continue;
    const previous = messages.at(-1)?.number ?? published;
    messages.push({ number, previous, topic, payloads });
  }
  return messages;
}
