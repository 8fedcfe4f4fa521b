import { ConflictError } from '../errors.ts';

/**
 * Returns a record that a foreign key refers to. An operation reads in several steps, between which the record can be
 * removed together with the one that refers to it.
 *
 * @throws {ConflictError} CHANGED_MEANWHILE, when the record does not exist.
 */
export async function required<T>(reading: Promise<T | null>): Promise<T> {
  const value = await reading;
  if (value !== null) return value;
  throw new ConflictError(
    'CHANGED_MEANWHILE',
    'A record was removed while it was being read. Try again.',
  );
}
