import type { SessionQuery } from './listen-session.ts';

/** Delivers batches of events to this process, in the session of the process on PostgreSQL. */
export interface SessionCarrier {
  /** The PostgreSQL channel whose notifications call `onNotification`. */
  readonly channel: string;
  /** Called when a session opens, and after notifications. Calls do not overlap. */
  onNotification(query: SessionQuery): Promise<void>;
  /** Called after each run of the relay. May wait only for the database. */
  onRelayed(run: { readonly query: SessionQuery; readonly leads: boolean }): void;
  /** A second call does nothing. */
  close(): Promise<void>;
}

export interface SessionReceiver {
  /** Called with the events of a batch. `batch`: its number. */
  readonly deliver: (topic: string, payloads: readonly string[], batch: number) => void;
  /** Called when events of the topics were lost. Undefined: of all topics. */
  readonly onLost: (isAffected?: (topic: string) => boolean) => void;
}
