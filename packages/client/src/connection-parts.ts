import type { Answer, AnswerError, FetchOptions, Operation, Send, Sending } from './answers.ts';
import type { Session } from './session.ts';
import type { Store } from './viewer.ts';

/** A proof that the server asks for. Absent: no such condition. */
export interface NeededProof {
  /** In seconds: how long ago the factors may have been proved. */
  readonly maxAge?: number;
  /** How many kinds of factors: 1 or 2. */
  readonly factors?: number;
  /** The identity providers that can give it, by name, each with how many kinds of factors a login there confirms at most. */
  readonly providers?: Readonly<Record<string, number>>;
}

/** Asks the user to prove again who they are. Resolves with whether they did. */
export type OnReauthenticate = (needed: NeededProof) => Promise<boolean>;

/** Sends operations as the viewer, and keeps the viewer as the answers say. */
export interface Connection {
  /** @param refused what the operation was sent with before. */
  sending(refused?: Sending): Sending;
  request<Data>(operation: Operation, more?: FetchOptions): Promise<Answer<Data>>;
  /** Reads the errors of an operation. True: send it again. */
  recover(errors: readonly AnswerError[], sent: Sending): Promise<boolean>;
  /** Reads the viewer, once for all callers at the same time. */
  readViewer(): Promise<void>;
  /** Begins another session: what was sent before says nothing of its viewer. */
  begin(): void;
  /** Waits for a proof of this session. Once nothing is due, what was sent before has not proved it. */
  renew<Due>(work: Promise<Due | undefined>): Promise<Due | undefined>;
  /** Ends the session of this tab. */
  end(): void;
}

export interface ConnectionParts {
  readonly send: Send;
  readonly session: () => Session;
  readonly store: Store;
  readonly onReauthenticate?: OnReauthenticate | undefined;
}
