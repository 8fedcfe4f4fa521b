import { timeColumn } from 'graphql-gatehouse/package';
import { z } from 'zod';
import type { RenderedMail } from '../texts/mail-text.ts';

export const mailSchema = z.object({
  id: z.string(),
  queue: z.enum(['ACCOUNT', 'REQUEST']),
  purpose: z.string(),
  userId: z.string().nullable(),
  /** The address that was typed, or that the account had at the time of the cause. */
  address: z.string(),
  app: z.string().nullable(),
  locale: z.string().nullable(),
  /** Texts by name. Never a secret. */
  values: z.record(z.string(), z.string()),
  createdAt: timeColumn,
  /** How many attempts were begun, with this one. */
  attempts: z.number(),
  /** Whether an earlier attempt may have reached the recipient. */
  mayHaveArrived: z.boolean(),
});

/** Mails of accounts and of those who administer them, and those that anonymous viewers ask for. */
export type Queue = QueuedMail['queue'];

const hourMs = 60 * 60 * 1000;

/** For how long a mail is tried. Links that strangers asked for live short, and are not wanted a day later. */
export const maxAgeMs: Readonly<Record<Queue, number>> = {
  ACCOUNT: 72 * hourMs,
  REQUEST: 24 * hourMs,
};

export type QueuedMail = Readonly<z.infer<typeof mailSchema>>;

/** A mail to be queued, in the transaction of its cause: what it is about, without text and tokens. */
export type NewMail = Pick<QueuedMail, 'queue' | 'purpose' | 'address'> &
  Partial<Pick<QueuedMail, 'userId' | 'app' | 'locale' | 'values'>>;

export interface OutgoingMail extends RenderedMail {
  /** One address. */
  readonly to: string;
}

/**
 * Composes a mail for an attempt: finds the recipient, makes or continues the tokens, and renders it. Undefined: there is
 * nothing to send, such as for an address that no account has verified.
 */
export type Compose = (mail: QueuedMail) => Promise<OutgoingMail | undefined>;

export type Sending =
  | { readonly outcome: 'sent' }
  /** It will never be accepted: the recipient or the text was refused for good. */
  | { readonly outcome: 'refused'; readonly code: string }
  /**
   * It may be accepted later. `mayHaveArrived`: a part of the text was sent, and the server did not say that it refuses it.
   * `isServer`: the server was unavailable, so that other mails fail too. `code` says why, without the address and the text
   * of the server.
   */
  | {
      readonly outcome: 'failed';
      readonly code: string;
      readonly mayHaveArrived: boolean;
      readonly isServer: boolean;
    };

export interface Transport {
  /** Sends a mail. Never rejects. `id` is that of the mail in the outbox: attempts with the same are the same message. */
  send(mail: OutgoingMail, id: string): Promise<Sending>;
  /** Checks that the server accepts connections, for `doctor`. @throws {Error} without secrets. */
  check(): Promise<void>;
  /** Closes the connections. The next mail opens others. */
  close(): void;
}
