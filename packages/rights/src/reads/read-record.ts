/** A record of any type. */
export interface RecordKey {
  /** The name of its object type. */
  readonly type: string;
  readonly id: string;
}

/** The values of one coordinate in one answer, to be recorded. */
export interface NewRead {
  readonly coordinate: string;
  /** The type of the objects with these ids. Null: no object has an id. */
  readonly type: string | null;
  readonly ids: readonly string[];
  readonly actor: { readonly kind: 'USER' | 'API_CLIENT'; readonly id: string } | null;
  readonly ip: string | null;
  /** The SHA-256 of the operation's text in hexadecimal. */
  readonly operation: string;
  readonly requestId: string;
}

/** The maximum number of ids of one row. More are recorded in further rows. */
export const maxIdsOfRow = 1_000;
