import { createHash } from 'node:crypto';
import type { PackageRuntime } from 'graphql-gatehouse';
import { createUuidSequence } from 'graphql-gatehouse/package';
import { maxIdsOfRow, type NewRead } from './read-record.ts';

/** Separates ids in one text, which PostgreSQL splits. It reads a text several times as fast as an array. */
const separator = '\u001f';

/** The maximum length of an id in UTF-8. The index takes 2,712 bytes at most. */
const maxIdBytes = 1_000;

/** An id with so many UTF-16 units has at most three times as many bytes. */
const maxShortId = Math.floor(maxIdBytes / 3);

/** How many characters of a longer id are stored. */
const startOfLongId = 200;

const statement = {
  name: 'gatehouse_rights_add_reads',
  text: `INSERT INTO gatehouse_rights.reads
      (id, at, coordinate, type, ids, actor_kind, actor_id, ip, operation, request_id)
    SELECT id, at, coordinate, type,
      CASE WHEN ids IS NULL THEN '{}' WHEN ids = '' THEN ARRAY[''] ELSE string_to_array(ids, E'\\x1f') END,
      actor_kind, actor_id, ip, operation, request_id
    FROM unnest($1::uuid[], $2::timestamptz[], $3::text[], $4::text[], $5::text[], $6::text[], $7::uuid[], $8::text[],
      $9::text[], $10::text[])
      AS row(id, at, coordinate, type, ids, actor_kind, actor_id, ip, operation, request_id)`,
};

interface Row extends Omit<NewRead, 'ids'> {
  readonly id: string;
  readonly at: Date;
  /** The ids in one text. Null: it has none. */
  readonly ids: string | null;
}

/**
 * Creates the function that records reads, all of them with one statement, and resolves when it is committed. A read is no
 * change, and has no event.
 */
export function createAddReads({
  sql,
  now,
  randomBytes,
}: {
  readonly sql: Pick<PackageRuntime<unknown>['sql'], 'runPrepared'>;
} & Pick<PackageRuntime<unknown>, 'now' | 'randomBytes'>) {
  const nextId = createUuidSequence(now, randomBytes);
  const toRow = (given: NewRead): Row => {
    const id = nextId();
    return { ...given, id, at: timeOf(id), ids: toText(given.ids) };
  };
  return async (reads: readonly NewRead[]): Promise<void> => {
    await sql.runPrepared(statement, toColumns(reads.flatMap(splitIds).map(toRow)));
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
  rows.map(({ actor }) => actor?.kind ?? null),
  rows.map(({ actor }) => actor?.id ?? null),
  rows.map(({ ip }) => ip),
  rows.map(({ operation }) => operation),
  rows.map(({ requestId }) => requestId),
];
