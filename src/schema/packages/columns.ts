import { z } from 'zod';

/** A point in time, as clients of databases return it. */
export const timeColumn = z.coerce.date();

/** Bytes that the statement encodes: `encode(column, 'hex')`. */
export const hexColumn = z.string().transform((hex) => new Uint8Array(Buffer.from(hex, 'hex')));

/** Encodes bytes for `decode(${hex}, 'hex')`. */
export const toHex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
