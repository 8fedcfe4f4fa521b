import { ConflictError } from '../errors.ts';

/**
 * What a foreign key promises to be there. An operation reads in several steps, so that what one has read
 * may have been removed, with all that refers to it, before the next.
 *
 * @throws {ConflictError} CHANGED_MEANWHILE, when it is not there.
 */
export async function required<T>(reading: Promise<T | null>): Promise<T> {
  const value = await reading;
  if (value !== null) return value;
  throw new ConflictError(
    'CHANGED_MEANWHILE',
    'A record was removed while it was being read. Try again.',
  );
}
