import type { Viewer } from '../authentication/viewer.ts';
import type { Place } from './place-changes.ts';

/** The rows that a mutation names by ids and that it writes. Each may be read in the transaction of the change alone. */
export interface NamedRows {
  /** Returns a text for each row, the same for every change that names the row by the same id. */
  keys(): readonly string[];
  /**
   * Reads the rows that the ids in the arguments name, by argument: `id`, `input.into`. `viewer`: with its places as they are in
   * the transaction, in which the groups are asked again that the call needs. Absent: that of the request.
   *
   * @throws {MissingRowError | AuthorizationError} by rejecting, for one that no longer exists for the viewer.
   */
  read(transaction: unknown, viewer?: Viewer): Promise<Readonly<Record<string, unknown>>>;
  /** Returns the rows that some arguments name, as places. */
  placesAt(transaction: unknown, names: readonly string[]): Promise<readonly Place[]>;
  /** Returns a row as a place. Undefined: there is no such row, or its id can be no place. */
  placeOf(transaction: unknown, type: string, id: unknown): Promise<Place | undefined>;
  /**
   * Requires that the named and the written rows still exist for the viewer, and that it holds what the field asks for in their
   * places.
   *
   * @throws {AuthorizationError} by rejecting: FORBIDDEN, `POLICY_DENIED`.
   */
  requireKept(transaction: unknown, written: WrittenRows, viewer?: Viewer): Promise<void>;
}

/** What a change has done to rows. */
export interface WrittenRows {
  /** The arguments whose rows the change deletes, or hands over to others. */
  readonly leaves: readonly string[];
  /** The ids of rows that the change has written, by type. */
  readonly writes: Readonly<Record<string, readonly unknown[]>>;
  /** The result of the work. */
  readonly result: unknown;
}
