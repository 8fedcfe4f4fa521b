/** A batch of events, as it is stored in the database. */
export interface Batch {
  readonly number: number;
  /** The topic of all its events. */
  readonly topic: string;
  /** Separated by commas. Empty: the batch has nothing for a carrier. */
  readonly payloads: string;
}

/** Batches in the order of their numbers, which have gaps. */
export interface BatchPage {
  /** Whether the batch before the page is still stored. If not, batches may be missing. */
  readonly isFound: boolean;
  readonly batches: readonly Batch[];
  /** Whether there may be more. */
  readonly isFull: boolean;
}

/** The batches in the database. They are stored for about five minutes. Each method throws the driver's error. */
export interface StoredBatches {
  /** Returns the number of the newest batch. It is never removed. */
  readNewest(): Promise<number>;
  /** Returns the number of the oldest batch that is still stored. */
  readOldest(): Promise<number>;
  /** Returns the next batches after a number. */
  readAfter(number: number): Promise<BatchPage>;
  /** Returns a secret that only the nodes of this installation have, such as to sign messages. */
  readKey(): Promise<string>;
}

/**
 * Carries batches of events from node to node, each once and in order. Changes of rights do not depend on it: they come
 * through PostgreSQL. The methods are called while the process has a session on the database, again in each new one.
 */
export interface EventCarrier {
  /**
   * Called when a session opens, before it is used, and then at least every 30 seconds. May wait only for the database.
   * Rejecting ends the session.
   */
  onSession(batches: StoredBatches): Promise<void>;
  /**
   * Called after each run of the relay, which stores new batches: about every 20 ms on the leader, and every 200 ms on
   * other nodes.
   */
  onRelayed(run: RelayedRun): void;
  /** Closes the connections of the carrier. A second call does nothing. */
  close(): Promise<void>;
}

/** A run of the relay. */
export interface RelayedRun {
  readonly batches: StoredBatches;
  /** Whether this node is the leader, which runs the relay often. */
  readonly leads: boolean;
}

/** The callbacks of a carrier. */
export interface EventReceiver {
  /** Called with the events of a batch. `batch`: its number. */
  readonly deliver: (topic: string, payloads: readonly string[], batch: number) => void;
  /** Called when events were lost. The subscriptions of this process then end. */
  readonly onLost: () => void;
}

/** Creates the carrier of one process. */
export type CreateEventCarrier = (receiver: EventReceiver) => EventCarrier;
