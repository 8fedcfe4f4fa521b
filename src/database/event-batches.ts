import type { SessionQuery } from './listen-session.ts';

const BATCHES_PER_READ = 100;

const LAST_NUMBER = {
  name: 'gatehouse_last_batch',
  text: 'SELECT max(number)::float8 AS number FROM gatehouse.event_batches',
};

/** Includes the batch that was read last, without its payloads: it shows that nothing after it is missing. */
const BATCHES_SINCE = {
  name: 'gatehouse_batches_since',
  text: `SELECT number, topic, payloads FROM gatehouse.read_events($1, ${BATCHES_PER_READ})`,
};

interface BatchRow {
  readonly number: number;
  readonly topic: string;
  /** Separated by commas. */
  readonly payloads: string;
}

interface Page {
  /** The number of the last batch that was delivered. */
  readonly last: number;
  /** Whether there may be more batches. */
  readonly isFull: boolean;
}

export interface BatchReaderOptions {
  readonly deliver: (topic: string, payloads: readonly string[]) => void;
  /** Called when the batch that was read last is not stored any more: others after it may be missing too. */
  readonly onLost: () => void;
}

/**
 * Creates the function that reads the batches which are new to this process, in order. The first call finds the newest
 * batch, and delivers nothing. Calls run one after another.
 */
export function createBatchReader({ deliver, onLost }: BatchReaderOptions) {
  let last: number | undefined;
  let previous: Promise<unknown> = Promise.resolve();

  async function readLast(query: SessionQuery): Promise<number> {
    const [row] = await query<{ readonly number: number | null }>(LAST_NUMBER);
    return row?.number ?? 0;
  }

  /** Reads the next batches after `from`. */
  async function readPage(from: number, query: SessionQuery): Promise<Page> {
    const [first, ...batches] = await query<BatchRow>(BATCHES_SINCE, [from]);
    if (first?.number !== from) {
      const newest = await readLast(query);
      onLost();
      return { last: newest, isFull: false };
    }
    for (const { topic, payloads } of batches) deliver(topic, payloads.split(','));
    return {
      last: batches.at(-1)?.number ?? from,
      isFull: batches.length === BATCHES_PER_READ - 1,
    };
  }

  async function readNew(query: SessionQuery): Promise<void> {
    last ??= await readLast(query);
    for (let isFull = true; isFull; ) {
      const page: Page = await readPage(last, query);
      ({ last, isFull } = page);
    }
  }

  return (query: SessionQuery): Promise<void> => {
    const reading = previous.then(() => readNew(query));
    previous = reading.catch(() => {});
    return reading;
  };
}
