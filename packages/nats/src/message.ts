import { createHmac, timingSafeEqual } from 'node:crypto';

/** A batch of events as a message of the stream. */
export interface BatchMessage {
  /** The number of the batch in `event_batches`. */
  readonly number: number;
  /**
   * The number up to which all batches were published before. A node that has seen fewer has lost events. Null: the
   * publisher has lost events, so every node that has not seen the batch `number` has lost them too.
   */
  readonly previous: number | null;
  readonly topic: string;
  /** Separated by commas. Empty: the message only states how far the publisher has read. */
  readonly payloads: string;
}

/** Writes and parses the messages of one installation. */
export interface MessageFormat {
  print(message: BatchMessage): string;
  /** Parses a message. Undefined: it was not written by a node of this installation. */
  parse(text: string): BatchMessage | undefined;
  /**
   * Returns the id by which the server removes duplicates. It depends on the content, because a database that was replaced
   * by an older copy reuses numbers. Other programs cannot guess it, so they cannot make the server drop a batch.
   */
  idOf(message: BatchMessage): string;
}

export interface MessageFormatOptions {
  /** The shared secret of the nodes, from the database. */
  readonly key: string;
  /** Part of the signature, so that a message is valid in one stream only. */
  readonly streamName: string;
}

/** Like the constraints of the table `outbox`. */
const TOPIC_FORM = /^[a-z0-9_.]{0,130}$/;
const PAYLOADS_FORM = /^[a-z0-9:, -]*$/;

/** Creates the format of messages. They are signed with HMAC-SHA256 (RFC 2104), because other programs may publish. */
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
      // The id of a batch does not depend on what was published before. That of a message without events does.
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
