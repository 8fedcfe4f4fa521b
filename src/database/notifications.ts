/** A listener of a topic. */
export interface NotificationListener {
  /** Called once with each payload, after its transaction was committed. */
  readonly onPayload: (payload: string) => void;
  /**
   * Called when payloads were lost: the connection was lost for minutes, or the database was replaced by an older copy.
   */
  readonly onLost: () => void;
}

/** A running subscription to a topic. */
export interface Listening {
  /** Removes the listener. Never rejects. */
  stop(): Promise<void>;
}

/**
 * Receives what triggers send with `gatehouse.send_event`, in any process.
 *
 * Every payload arrives once, also when the connection was lost in the meantime. If a transaction began after another
 * one was committed, its payloads arrive later.
 */
export interface Notifications {
  /** Resolves once the process listens. @throws the driver's error. */
  listen(topic: string, listener: NotificationListener): Promise<Listening>;
  /** Removes all listeners and closes the connection. A second call does nothing. */
  close(): Promise<void>;
}
