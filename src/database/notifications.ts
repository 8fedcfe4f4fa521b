/** A time in which notifications may have been missed, by the database's clock. */
export interface Gap {
  readonly since: Date;
  readonly until: Date;
}

/** Who is told of a channel's notifications. */
export interface NotificationListener {
  /** A notification's payload. Called in the order in which the transactions were committed. */
  readonly onPayload: (payload: string) => void;
  /**
   * The connection was lost and is there again. The listener looks for itself at what it must not miss.
   * Called before any notification of the new connection is told.
   */
  readonly onGap: (gap: Gap) => void;
}

/** A channel that is being listened to. */
export interface Listening {
  /** From when on notifications arrive, by the database's clock. */
  readonly since: Date;
  /** Ends it. Never rejects. */
  stop(): Promise<void>;
}

/**
 * `LISTEN`: hears what other connections, of any process, say with `NOTIFY`.
 *
 * What holds: between two calls of `onGap` every notification arrives, once. What was said while the
 * connection was cut is not repeated: after it, `onGap` is called, whatever was or was not said.
 */
export interface Notifications {
  /** Resolves once the database listens. @throws whatever the driver throws. */
  listen(channel: string, listener: NotificationListener): Promise<Listening>;
  /** Ends all of it. A second call does nothing. */
  close(): Promise<void>;
}
