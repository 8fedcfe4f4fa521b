import { z } from 'zod';

/** Creates a UUID of version 4 (RFC 9562, 5.4) of random bytes. */
export function createUuid(randomBytes: (size: number) => Uint8Array): string {
  const bytes = Buffer.from(randomBytes(16));
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x40, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** Returns a UUID in lower case, as the database returns it. Undefined: the text has another form. */
export const parseUuid = (text: string): string | undefined =>
  z.guid().safeParse(text).data?.toLowerCase();
