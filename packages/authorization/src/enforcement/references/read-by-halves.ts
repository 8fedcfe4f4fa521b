import { groupBy } from '../../decision/group-by.ts';
import { OperationTooComplexError } from '../../plan/operation-too-complex-error.ts';
import { isUuid } from './id-key.ts';
import { nextTurn } from './next-turn.ts';

export { OperationTooComplexError } from '../../plan/operation-too-complex-error.ts';

/** The maximum number of reads that look for malformed ids of one type in one execution. */
const maxReads = 64;

/** How ids of one type are read. */
interface Reading<Id, Row> {
  readonly read: (ids: readonly Id[]) => Promise<readonly Row[]>;
  /** Whether an error of `read` says that the database cannot read one of the ids. */
  readonly isMalformed: (error: unknown) => boolean;
  /** Identifies the execution, over whose fields reads are counted. */
  readonly execution: object;
}

/** The rows of the ids that the database can read, and the malformed ids, each with the error that says so. */
interface ReadIds<Id, Row> {
  readonly rows: readonly Row[];
  readonly malformed: ReadonlyMap<Id, unknown>;
}

/**
 * Creates the function that reads ids of one type together. When the database rejects one of them as malformed, halves
 * are read one after the other, and so on. One read runs at a time. If the first half can be read, the second has the
 * malformed id, and is divided at once. Ids of another form than most are divided from these first: a text among UUIDs
 * is found by two reads.
 *
 * @throws {OperationTooComplexError} by rejecting, when an execution needs more than 64 such reads, and what `read`
 *   rejects with.
 */
export function createReadByHalves() {
  const counts = new WeakMap<object, number>();

  function countRead(execution: object): void {
    const reads = (counts.get(execution) ?? 0) + 1;
    counts.set(execution, reads);
    if (reads <= maxReads) return;
    throw new OperationTooComplexError('The operation has too many malformed ids.');
  }

  return async <Id, Row>(
    ids: readonly Id[],
    { read, isMalformed, execution }: Reading<Id, Row>,
  ): Promise<ReadIds<Id, Row>> => {
    const found: (readonly Row[])[] = [];
    const malformed = new Map<Id, unknown>();
    let isSearching = false;

    /** Reads ids, or finds the malformed ones among them. Returns whether there are any. */
    async function readSome(some: readonly Id[]): Promise<boolean> {
      if (isSearching) {
        countRead(execution);
        await nextTurn();
      }
      try {
        found.push(await read(some));
        return false;
      } catch (error) {
        if (!isMalformed(error)) throw error;
        if (!isSearching) countRead(execution);
        isSearching = true;
        await divide(some, error);
        return true;
      }
    }

    /** Finds the malformed ids among some of which at least one is. */
    async function divide(some: readonly Id[], error: unknown): Promise<void> {
      if (some.length <= 1) {
        for (const id of some) malformed.set(id, error);
        return;
      }
      const [first, second] = halvesOf(some);
      if (await readSome(first)) await readSome(second);
      else await divide(second, error);
    }

    await readSome(ids);
    return { rows: found.flat(), malformed };
  };
}

/** Divides ids into those of the most frequent form and the others or, where all have one form, in the middle. */
function halvesOf<Id>(ids: readonly Id[]): readonly [readonly Id[], readonly Id[]] {
  const [most = [], ...others] = [...groupBy(ids, formOf).values()].sort(
    (one, other) => other.length - one.length,
  );
  if (others.length > 0) return [most, others.flat()];
  const middle = Math.ceil(ids.length / 2);
  return [ids.slice(0, middle), ids.slice(middle)];
}

/** The form of an id, which a column of ids can read or not. */
function formOf(id: unknown): string {
  if (typeof id !== 'string') return typeof id;
  if (isUuid(id)) return 'uuid';
  return /^\d+$/.test(id) ? 'number' : 'string';
}
