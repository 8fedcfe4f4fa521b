import type { CreateEventCarrier, StoredBatches } from '../../events/event-carrier.ts';
import {
  createBatchReader,
  readBatchesFrom,
  readEventKey,
  readNewestNumber,
  readOldestNumber,
} from './event-batches.ts';
import type { SessionQuery } from './listen-session.ts';
import type { SessionCarrier, SessionReceiver } from './session-carrier.ts';
import { ACCESS_TOPIC } from './topic-listeners.ts';

/** The PostgreSQL channel for changes of rights. */
const ACCESS_CHANNEL = 'gatehouse_access';

/** How often a node reads batches without a notification, so that the last one that it has read is still stored. */
const READ_DELAY_MS = 30_000;

const isAccess = (topic: string): boolean => topic === ACCESS_TOPIC;

/**
 * Adapts the carrier of a package to sessions on PostgreSQL.
 *
 * Changes of rights still come through PostgreSQL, so that sockets are closed in time when the carrier fails.
 */
export function createPackageCarrier(
  create: CreateEventCarrier,
  { deliver, onLost }: SessionReceiver,
): SessionCarrier {
  const carrier = create({ deliver, onLost: () => onLost((topic) => !isAccess(topic)) });
  const readAccess = createBatchReader({
    only: ACCESS_TOPIC,
    deliver,
    onLost: () => onLost(isAccess),
  });
  let readAtMs = Number.NEGATIVE_INFINITY;

  async function readNew(query: SessionQuery): Promise<void> {
    readAtMs = performance.now();
    await readAccess(query);
    await carrier.onSession(toStoredBatches(query));
  }

  return {
    channel: ACCESS_CHANNEL,
    onNotification: readNew,
    onRelayed({ query, leads }) {
      carrier.onRelayed({ batches: toStoredBatches(query), leads });
      if (performance.now() - readAtMs < READ_DELAY_MS) return;
      readNew(query).catch(() => {}); // the session ends too, and the next one reads again
    },
    close: () => carrier.close(),
  };
}

const toStoredBatches = (query: SessionQuery): StoredBatches => ({
  readNewest: () => readNewestNumber(query),
  readOldest: () => readOldestNumber(query),
  readKey: () => readEventKey(query),
  async readAfter(number) {
    const { isFound, isFull, batches } = await readBatchesFrom(query, number);
    const carried = batches.map((batch) =>
      isAccess(batch.topic) ? { number: batch.number, topic: '', payloads: '' } : batch,
    );
    return { isFound, isFull, batches: carried };
  },
});
