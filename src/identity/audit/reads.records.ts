import type { Actor } from '../../changes/origin.ts';

/** The values of one coordinate in one answer, to be recorded. */
export interface NewRead {
  readonly coordinate: string;
  /** The type of the objects with these ids. Null: no object has an id. */
  readonly type: string | null;
  readonly ids: readonly string[];
  /** Null: an anonymous viewer. */
  readonly actor: Actor | null;
  readonly ip: string | null;
  /** The SHA-256 of the operation's text in hexadecimal. */
  readonly operation: string;
  readonly requestId: string;
}

/** A row of the read log, without its ids. */
export interface ReadRecord {
  readonly id: string;
  readonly at: Date;
  readonly coordinate: string;
  readonly type: string | null;
  readonly actorKind: Actor['kind'] | null;
  readonly actorId: string | null;
  readonly ip: string | null;
  readonly operation: string;
  readonly requestId: string;
}

/** A row of the read log with its ids, as it is exported. */
export interface ExportedRead extends ReadRecord {
  readonly ids: readonly string[];
}

/** The maximum number of ids of one row. More are recorded in further rows. */
export const maxIdsOfRow = 1_000;
