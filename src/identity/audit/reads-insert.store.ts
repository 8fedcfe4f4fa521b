import { createHash, randomBytes } from 'node:crypto';
import { startOfDay } from '../../values/start-of-day.ts';
import { createUuidSequence } from '../../values/uuid.ts';
import type { StoreDependencies } from '../store-dependencies.ts';
import { maxIdsOfRow, type NewRead } from './reads.records.ts';

/** Separates ids in one text, which PostgreSQL splits. It reads a text several times as fast as an array. */
const separator = '\u001f';

/** The minimum number of ids that rows share: a shorter list takes little space. */
export const minSharedIds = 32;

/** The maximum length of an id in UTF-8. The index takes 2,712 bytes at most. */
const maxIdBytes = 1_000;

/** An id with so many UTF-16 units has at most three times as many bytes. */
const maxShortId = Math.floor(maxIdBytes / 3);

/** How many characters of a longer id are stored. */
const startOfLongId = 200;

/** The maximum number of lists that are known to be stored, and of the characters of one: 20 MB of memory at most. */
const maxKnownLists = 200;
const maxKnownCharacters = 100_000;

/**
 * Inserts rows, or none when a row with shared ids is missing: a replica that became the primary can lack the latest
 * ones.
 */
const statement = {
  name: 'gatehouse_add_reads',
  text: `INSERT INTO gatehouse.audit_reads
      (id, at, coordinate, type, ids, same_ids_as, actor_kind, actor_id, ip, operation, request_id)
    SELECT id, at, coordinate, type,
      CASE WHEN ids IS NULL THEN '{}' WHEN ids = '' THEN ARRAY[''] ELSE string_to_array(ids, E'\\x1f') END, same_ids_as, actor_kind::gatehouse.actor_kind,
      actor_id, ip, operation, request_id
    FROM unnest($1::uuid[], $2::timestamptz[], $3::text[], $4::text[], $5::text[], $6::uuid[], $7::text[], $8::uuid[],
      $9::text[], $10::text[], $11::text[])
      AS row(id, at, coordinate, type, ids, same_ids_as, actor_kind, actor_id, ip, operation, request_id)
    WHERE (SELECT count(*) FROM gatehouse.audit_reads WHERE id = ANY ($12::uuid[])) = cardinality($12::uuid[])
    RETURNING id`,
};

/** One row to insert. */
interface Row extends Omit<NewRead, 'ids'> {
  readonly id: string;
  readonly at: Date;
  /** The ids in one text. Null: it has none of its own. */
  readonly ids: string | null;
  readonly sameIdsAs: string | null;
  /** What its list is known by. Undefined: the list is short, or that of another row. */
  readonly key?: string;
}

/**
 * Creates the function that records reads, all of them with one statement, and resolves when it is committed. A list of
 * ids that was recorded on the same day (UTC) for the same type is stored once: other rows refer to its row.
 *
 * It writes outside of `changes`: a read is no change, and has no event.
 */
export function createAddReads({ read, now }: Pick<StoreDependencies, 'read' | 'now'>) {
  const nextId = createUuidSequence(now, randomBytes);
  const known = createKnownLists();

  function toRows(reads: readonly NewRead[]): readonly Row[] {
    const added = new Map<string, string>();
    return reads.flatMap(splitIds).map((read) => {
      const id = nextId();
      const at = timeOf(id);
      const ids = toText(read.ids);
      const row = { ...read, id, at, ids, sameIdsAs: null };
      if (read.ids.length < minSharedIds || ids === null || ids.length > maxKnownCharacters) {
        return row;
      }
      const key = `${startOfDay(at).getTime()} ${read.type} ${ids}`;
      const sameIdsAs = added.get(key) ?? known.find(key);
      if (sameIdsAs !== undefined) return { ...row, ids: null, sameIdsAs };
      added.set(key, id);
      return { ...row, key };
    });
  }

  async function insert(rows: readonly Row[]): Promise<boolean> {
    const own = new Set(rows.map(({ id }) => id));
    const shared = new Set(rows.flatMap(({ sameIdsAs }) => sameIdsAs ?? []));
    const values = [...toColumns(rows), [...shared].filter((id) => !own.has(id))];
    return (await read(statement, values)).length > 0;
  }

  return async (reads: readonly NewRead[]): Promise<void> => {
    const rows = toRows(reads);
    if (await insert(rows)) return known.add(rows);
    known.clear();
    const all = toRows(reads);
    if (!(await insert(all))) throw new Error('unreachable: no row refers to another one');
    known.add(all);
  };
}

/** The lists that were stored lately, each with the id of its row. */
function createKnownLists() {
  const rowIds = new Map<string, string>();

  function add(key: string, rowId: string): void {
    rowIds.delete(key);
    rowIds.set(key, rowId);
    const [oldest] = rowIds.keys();
    if (rowIds.size > maxKnownLists && oldest !== undefined) rowIds.delete(oldest);
  }

  return {
    find(key: string): string | undefined {
      const rowId = rowIds.get(key);
      if (rowId !== undefined) add(key, rowId);
      return rowId;
    },
    add(rows: readonly Row[]): void {
      for (const { key, id } of rows) if (key !== undefined) add(key, id);
    },
    clear: () => rowIds.clear(),
  };
}

/** Returns the read in parts with the maximum number of ids. */
function splitIds(read: NewRead): readonly NewRead[] {
  const { ids } = read;
  if (ids.length <= maxIdsOfRow) return [read];
  const count = Math.ceil(ids.length / maxIdsOfRow);
  return Array.from({ length: count }, (_, index) => ({
    ...read,
    ids: ids.slice(index * maxIdsOfRow, (index + 1) * maxIdsOfRow),
  }));
}

/** Joins ids. */
function toText(ids: readonly string[]): string | null {
  if (ids.length === 0) return null;
  const text = ids.join(separator);
  const isClean =
    !text.includes('\0') && !ids.some((id) => id.length > maxShortId || id.includes(separator));
  return isClean ? text : ids.map(toStoredId).join(separator);
}

/**
 * Returns an id as it is stored. A long one becomes its start and its SHA-256. NUL, which PostgreSQL does not store, and
 * the separator become U+FFFD.
 */
export function toStoredId(id: string): string {
  const isLong = id.length > maxShortId && Buffer.byteLength(id) > maxIdBytes;
  const digest = () => createHash('sha256').update(id).digest('hex');
  const text = isLong ? `${id.slice(0, startOfLongId)}...sha256:${digest()}` : id;
  return text.replaceAll('\0', '\ufffd').replaceAll(separator, '\ufffd');
}

/** Returns the time of a UUID of version 7, to the millisecond. */
const timeOf = (id: string): Date =>
  new Date(Number.parseInt(id.replace('-', '').slice(0, 12), 16));

/** The values of all rows, column by column, in the order of the statement. */
const toColumns = (rows: readonly Row[]): readonly (readonly (string | null)[])[] => [
  rows.map(({ id }) => id),
  rows.map(({ at }) => at.toISOString()),
  rows.map(({ coordinate }) => coordinate),
  rows.map(({ type }) => type),
  rows.map(({ ids }) => ids),
  rows.map(({ sameIdsAs }) => sameIdsAs),
  rows.map(({ actor }) => actor?.kind ?? null),
  rows.map(({ actor }) => actor?.id ?? null),
  rows.map(({ ip }) => ip),
  rows.map(({ operation }) => operation),
  rows.map(({ requestId }) => requestId),
];
