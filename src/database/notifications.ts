export interface NotificationListener {
  /**
   * Called once with each payload, after its transaction was committed, in the order of the batches. `batch` is the
   * number of the payload's batch.
   */
  readonly onPayload: (payload: string, batch: number) => void;
  /**
   * Called when payloads were lost: the connection was lost for minutes, or the database was replaced by an older copy.
   */
  readonly onLost: () => void;
}

/** A running subscription to a topic. */
export interface Listening {
  /**
   * Returns the number of the newest batch. Everything that was committed before the call is in this batch or an earlier
   * one, and what is committed after the promise has resolved is in a later one. Waits while the connection is lost.
   *
   * @throws the driver's error.
   */
  position(): Promise<number>;
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
