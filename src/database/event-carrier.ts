import type { SessionQuery } from './listen-session.ts';

/**
 * Delivers batches of events to this process. The relay of each node writes them to the table `event_batches`. The
 * methods are called while the process has a session on the database, and again in each new session.
 */
export interface EventCarrier {
  /** The PostgreSQL channel whose notifications call `onNotification`. */
  readonly channel: string;
  /** Called when a session opens, and after notifications. Calls do not overlap. */
  onNotification(query: SessionQuery): Promise<void>;
  /** Called after each run of the relay. May wait only for the database. */
  onRelayed(run: RelayedRun): void;
  /** Closes the connections of the carrier. A second call does nothing. */
  close(): Promise<void>;
}

/** A run of the relay. */
export interface RelayedRun {
  readonly query: SessionQuery;
  /** Whether this node is the leader, which runs the relay often. */
  readonly leads: boolean;
}

/** The callbacks of a carrier. */
export interface EventReceiver {
  /** Called with the events of a batch. `batch`: its number. */
  readonly deliver: (topic: string, payloads: readonly string[], batch: number) => void;
  /** Called when events of the topics were lost. Undefined: of all topics. */
  readonly onLost: (isAffected?: (topic: string) => boolean) => void;
}

/** Creates the carrier of one process. */
export type CreateEventCarrier = (receiver: EventReceiver) => EventCarrier;
