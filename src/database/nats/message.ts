import { createHash } from 'node:crypto';

/** A batch of events as a message of the stream. */
export interface BatchMessage {
  /** The number of the batch in `event_batches`. */
  readonly number: number;
  /**
   * The number up to which all batches were published before. A node that has seen fewer has lost events. Null: the
   * publisher itself has lost some, so all nodes have.
   */
  readonly previous: number | null;
  readonly topic: string;
  /** Separated by commas. Empty: the message only states how far the publisher has read. */
  readonly payloads: string;
}

/** As the constraints of the table `outbox`. */
const TOPIC_FORM = /^[a-z0-9_.]{0,130}$/;
const PAYLOADS_FORM = /^[a-z0-9:, -]*$/;

export const printMessage = (message: BatchMessage): string => JSON.stringify(message);

/** Parses a message. Undefined: another program wrote it. */
export function parseMessage(text: string): BatchMessage | undefined {
  try {
    const { number, previous, topic, payloads } = Object(JSON.parse(text));
    if (!Number.isSafeInteger(number)) return undefined;
    if (previous !== null && !Number.isSafeInteger(previous)) return undefined;
    if (typeof topic !== 'string' || !TOPIC_FORM.test(topic)) return undefined;
    if (typeof payloads !== 'string' || !PAYLOADS_FORM.test(payloads)) return undefined;
    return { number, previous, topic, payloads };
  } catch {
    return undefined;
  }
}

/**
 * The id by which the server removes duplicates. The content is a part of it: a database that was replaced by an older
 * copy uses numbers again.
 */
export function messageIdOf({ number, previous, topic, payloads }: BatchMessage): string {
  // A batch has one id, whatever was published before. A message without one differs by what it states.
  const content = payloads === '' ? `after ${previous}` : `${topic} ${payloads}`;
  const hash = createHash('sha256').update(content).digest('base64url').slice(0, 16);
  return `${number}-${hash}`;
}
