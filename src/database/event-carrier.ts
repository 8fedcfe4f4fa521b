import type { SessionQuery } from './listen-session.ts';

/**
 * Brings batches of events to this process, from the table `event_batches` into which the relay of every node moves
 * them. Its methods are called while the process has a session on the database, and again in each new session.
 */
export interface EventCarrier {
  /** The channel of PostgreSQL whose notifications call `onNotification`. */
  readonly channel: string;
  /** Runs when a session is open, and after notifications. Its runs do not overlap. */
  onNotification(query: SessionQuery): Promise<void>;
  /** Called after each run of the relay. Must not wait for anything but the database. */
  onRelayed(run: RelayedRun): void;
  /** Ends what the carrier has opened. A second call does nothing. */
  close(): Promise<void>;
}

/** A run of the relay. */
export interface RelayedRun {
  readonly query: SessionQuery;
  /** Whether this node leads: it runs often. */
  readonly leads: boolean;
}

/** What a carrier calls. */
export interface EventReceiver {
  /** `batch`: the number of the batch. */
  readonly deliver: (topic: string, payloads: readonly string[], batch: number) => void;
  /** Called when events of the topics were lost. Undefined: of all topics. */
  readonly onLost: (isAffected?: (topic: string) => boolean) => void;
}

/** Creates the carrier of one process. */
export type CreateEventCarrier = (receiver: EventReceiver) => EventCarrier;
