/** Matches ids of records (RFC 9562, 4). */
const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Whether an id is a UUID. PostgreSQL rejects other ids with an error. */
export function isUuid(id: string): boolean {
  return uuidPattern.test(id);
}

/** Returns a UUID in lower case, as the database returns it. Undefined: the text has another form. */
export const parseUuid = (text: string): string | undefined =>
  isUuid(text) ? text.toLowerCase() : undefined;

/** The minimum UUID (RFC 9562, 5.9). */
export const firstUuid = '00000000-0000-0000-0000-000000000000';

/** The maximum UUID (RFC 9562, 5.10). */
export const lastUuid = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

/** Returns the least UUID of version 7 with the time `at`. */
export const firstUuidOf = (at: Date): string =>
  createUuid(new Date(Math.max(0, at.getTime())), (size) => new Uint8Array(size));

/**
 * Creates a UUID of version 7 (RFC 9562, 5.7). It starts with the time in milliseconds, so ids sort by time. The
 * database creates the ids of rows, unless they are needed before the insert.
 */
export function createUuid(now: Date, randomBytes: (size: number) => Uint8Array): string {
  const bytes = Buffer.from(randomBytes(16));
  bytes.writeUIntBE(now.getTime(), 0, 6);
  return toUuid(bytes, 7);
}

/** Creates a UUID of version 4 (RFC 9562, 5.4), which says nothing of its time. */
export const createRandomUuid = (randomBytes: (size: number) => Uint8Array): string =>
  toUuid(Buffer.from(randomBytes(16)), 4);

/** Writes the version and the variant (RFC 9562, 4) into 16 bytes, and formats them. */
function toUuid(bytes: Buffer, version: number): string {
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | (version << 4), 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return formatUuid(bytes);
}

/** Formats 16 bytes as a UUID (RFC 9562, 4): 8-4-4-4-12 hexadecimal digits, in lower case. */
export const formatUuid = (bytes: Buffer): string =>
  bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');

/**
 * Creates a generator of UUIDs of version 7, each of which sorts after the earlier ones, also within a millisecond
 * (RFC 9562, 6.2, method 1: the 12 bits after the time are a counter).
 */
export function createUuidSequence(
  now: () => Date,
  randomBytes: (size: number) => Uint8Array,
): () => string {
  let lastMs = 0;
  let count = 0;
  return () => {
    const nowMs = now().getTime();
    count = nowMs > lastMs ? 0 : count + 1;
    if (count > maxCount) {
      count = 0;
      lastMs += 1;
    }
    lastMs = Math.max(lastMs, nowMs);
    return withCount(createUuid(new Date(lastMs), randomBytes), count);
  };
}

const maxCount = 0xfff;

const withCount = (uuid: string, count: number): string =>
  `${uuid.slice(0, 15)}${count.toString(16).padStart(3, '0')}${uuid.slice(18)}`;
