/** A listener of a channel. */
export interface NotificationListener {
  /** Called with a notification's payload, in the order of the commits. */
  readonly onPayload: (payload: string) => void;
  /**
   * Called when a lost connection was reopened, before the notifications of the new connection. The listener has to
   * look up what it may have missed since then, by the database's clock.
   */
  readonly onGap: (since: Date) => void;
}

/** A running subscription to a channel. */
export interface Listening {
  /** The time since which notifications arrive, by the database's clock. */
  readonly since: Date;
  /** Removes the listener. Never rejects. */
  stop(): Promise<void>;
}

/**
 * Receives with `LISTEN` what any connection of any process sends with `NOTIFY`.
 *
 * Between two calls of `onGap` every notification arrives once. Notifications that were sent while the connection was
 * lost do not arrive. `onGap` is called after every loss, whether or not there were any.
 */
export interface Notifications {
  /** Resolves once the connection listens. @throws the driver's error. */
  listen(channel: string, listener: NotificationListener): Promise<Listening>;
  /** Removes all listeners and closes the connection. A second call does nothing. */
  close(): Promise<void>;
}
