import { createHash } from 'node:crypto';

/** Returns the SHA-256 of a text in hexadecimal, as the log has it of operations. */
export const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');
