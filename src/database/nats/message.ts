import { createHmac, timingSafeEqual } from 'node:crypto';

/** A batch of events as a message of the stream. */
export interface BatchMessage {
  /** The number of the batch in `event_batches`. */
  readonly number: number;
  /**
   * The number up to which all batches were published before. A node that has seen fewer has lost events. Null: the
   * publisher itself has lost some, so all nodes have that have not seen the batch `number`.
   */
  readonly previous: number | null;
  readonly topic: string;
  /** Separated by commas. Empty: the message only states how far the publisher has read. */
  readonly payloads: string;
}

/** How the nodes of one installation write messages. */
export interface MessageFormat {
  print(message: BatchMessage): string;
  /** Parses a message. Undefined: it was not written by a node of this installation. */
  parse(text: string): BatchMessage | undefined;
  /**
   * Returns the id by which the server removes duplicates. The content is a part of it: a database that was replaced by
   * an older copy uses numbers again. Others cannot guess it, so that they cannot make the server drop a batch.
   */
  idOf(message: BatchMessage): string;
}

export interface MessageFormatOptions {
  /** The secret of the nodes. It comes from the database. */
  readonly key: string;
  /** Messages of one stream are not valid in another one. */
  readonly streamName: string;
}

/** As the constraints of the table `outbox`. */
const TOPIC_FORM = /^[a-z0-9_.]{0,130}$/;
const PAYLOADS_FORM = /^[a-z0-9:, -]*$/;

/** Creates the format of messages, which are signed with HMAC-SHA256 (RFC 2104): others may publish too. */
export function createMessageFormat({ key, streamName }: MessageFormatOptions): MessageFormat {
  const sign = (...parts: readonly unknown[]): string =>
    createHmac('sha256', key)
      .update(JSON.stringify([streamName, ...parts]))
      .digest('base64url');
  const signatureOf = ({ number, previous, topic, payloads }: BatchMessage) =>
    sign('message', number, previous, topic, payloads);

  return {
    print: (message) => JSON.stringify({ ...message, signature: signatureOf(message) }),
    parse(text) {
      const read = readMessage(text);
      if (read === undefined) return undefined;
      const { signature, ...message } = read;
      return isEqual(signature, signatureOf(message)) ? message : undefined;
    },
    idOf({ number, previous, topic, payloads }) {
      // A batch has one id, whatever was published before. A message without one differs by what it states.
      const content = payloads === '' ? [previous] : [topic, payloads];
      return `${number}-${sign('id', number, ...content)}`;
    },
  };
}

const isEqual = (one: string, other: string): boolean =>
  one.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other));

const SIGNATURE_FORM = /^[\w-]{43}$/;

function readMessage(text: string): (BatchMessage & { readonly signature: string }) | undefined {
  try {
    const { number, previous, topic, payloads, signature } = Object(JSON.parse(text));
    if (!Number.isSafeInteger(number)) return undefined;
    if (previous !== null && !Number.isSafeInteger(previous)) return undefined;
    if (typeof topic !== 'string' || !TOPIC_FORM.test(topic)) return undefined;
    if (typeof payloads !== 'string' || !PAYLOADS_FORM.test(payloads)) return undefined;
    if (typeof signature !== 'string' || !SIGNATURE_FORM.test(signature)) return undefined;
    return { number, previous, topic, payloads, signature };
  } catch {
    return undefined;
  }
}
