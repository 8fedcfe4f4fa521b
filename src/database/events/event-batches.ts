import type { Batch, BatchPage } from '../../events/event-carrier.ts';
import type { PreparedStatement, Read } from '../connection.ts';
import type { SessionQuery } from './listen-session.ts';
import type { SessionReceiver } from './session-carrier.ts';

const BATCHES_PER_READ = 100;

const NEWEST_NUMBER = {
  name: 'gatehouse_last_batch',
  text: 'SELECT max(number)::float8 AS number FROM gatehouse.event_batches',
};

const OLDEST_NUMBER = {
  name: 'gatehouse_first_batch',
  text: 'SELECT min(number)::float8 AS number FROM gatehouse.event_batches',
};

const EVENT_KEY = {
  name: 'gatehouse_event_key',
  text: 'SELECT key FROM gatehouse.event_keys ORDER BY id DESC LIMIT 1',
};

/** Includes the batch that was read last, without its payloads: it shows that nothing after it is missing. */
const BATCHES_SINCE = {
  name: 'gatehouse_batches_since',
  text: `SELECT number, topic, payloads FROM gatehouse.read_events($1, ${BATCHES_PER_READ}, $2)`,
};

/** Reads the number of the newest batch. It is never removed. */
export const readNewestNumber = (query: SessionQuery): Promise<number> =>
  readNumber(query, NEWEST_NUMBER);

export const readOldestNumber = (query: SessionQuery): Promise<number> =>
  readNumber(query, OLDEST_NUMBER);

/**
 * Reads the secret that all nodes share. With it they sign the messages that they send to each other outside of the
 * database, and seal cursors.
 */
export async function readEventKey(read: Read): Promise<string> {
  const [row] = await read<{ readonly key: string }>(EVENT_KEY, []);
  if (row === undefined) throw new Error('The table gatehouse.event_keys is empty.');
  return row.key;
}

async function readNumber(query: SessionQuery, statement: PreparedStatement): Promise<number> {
  const [row] = await query<{ readonly number: number | null }>(statement);
  return row?.number ?? 0;
}

/** Reads batches after the number `from`. `only`: those of this topic, and the newest one without payloads. */
export async function readBatchesFrom(
  query: SessionQuery,
  from: number,
  only?: string,
): Promise<BatchPage> {
  const rows = await query<Batch>(BATCHES_SINCE, [from, only ?? null]);
  const isFound = rows[0]?.number === from;
  return {
    isFound,
    batches: isFound ? rows.slice(1) : rows,
    isFull: rows.length === BATCHES_PER_READ,
  };
}

export interface BatchReaderOptions extends Pick<SessionReceiver, 'deliver'> {
  /** Called when the batch that was read last is no longer stored: later ones may be missing too. */
  readonly onLost: () => void;
  /** Read only the batches of this topic. Undefined: all. */
  readonly only?: string;
}

/**
 * Creates the function that reads new batches in order. The first call only finds the newest batch. Concurrent calls run
 * one after another.
 */
export function createBatchReader({ deliver, onLost, only }: BatchReaderOptions) {
  let last: number | undefined;
  let previous: Promise<unknown> = Promise.resolve();

  /** Reads the next batches after `from`. Returns the number of the last one. */
  async function readPage(from: number, query: SessionQuery) {
    const { isFound, batches, isFull } = await readBatchesFrom(query, from, only);
    if (!isFound) {
      const newest = await readNewestNumber(query);
      onLost();
      return { last: newest, isFull: false };
    }
    for (const { number, topic, payloads } of batches) {
      if (only === undefined || topic === only) deliver(topic, payloads.split(','), number);
    }
    return { last: batches.at(-1)?.number ?? from, isFull };
  }

  async function readNew(query: SessionQuery): Promise<void> {
    last ??= await readNewestNumber(query);
    for (let isFull = true; isFull; ) {
      const page: Awaited<ReturnType<typeof readPage>> = await readPage(last, query);
      ({ last, isFull } = page);
    }
  }

  return (query: SessionQuery): Promise<void> => {
    const reading = previous.then(() => readNew(query));
    previous = reading.catch(() => {});
    return reading;
  };
}
