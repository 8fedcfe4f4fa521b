import type { IncomingMessage } from 'node:http';
import { OverloadedError } from '../../errors.ts';

export interface BodyLimits {
  readonly maxBodyBytes: number;
  /** Of all bodies that are arriving at the same time; small ones are let in all the same. */
  readonly maxArrivingBytes: number;
}

/** What may be listened to of a body that arrives. */
export type Body = Pick<IncomingMessage, 'on' | 'off'>;

/** Up to this many bytes a body is small: most operations are. */
const smallBodyBytes = 16_384;

/**
 * Makes the function that reads bodies, each into one buffer, in however small pieces it comes: pieces that are kept
 * as they come take two hundred times the memory of the byte that they may consist of.
 *
 * The function rejects with an error whose `statusCode` is 413 or 400, or with an `OverloadedError`.
 */
export function createReadBody({ maxBodyBytes, maxArrivingBytes }: BodyLimits) {
  let arrivingBytes = 0;

  /** A buffer that has room for `neededBytes`, with what the smaller one holds. */
  function toRoomFor(neededBytes: number, smaller: Buffer): Buffer {
    if (neededBytes > maxBodyBytes) throw withStatus(413, 'The body is too large.');
    if (neededBytes <= smaller.length) return smaller;
    const size = Math.min(maxBodyBytes, Math.max(neededBytes, 2 * smaller.length));
    const more = size - smaller.length;
    if (size > smallBodyBytes && arrivingBytes + more > maxArrivingBytes)
      throw new OverloadedError();
    arrivingBytes += more;
    const larger = Buffer.allocUnsafe(size);
    smaller.copy(larger);
    return larger;
  }

  /** `toldBytes`: how long it is to be, by its header; undefined when that is not told. */
  return async (stream: Body, toldBytes: number | undefined): Promise<Buffer> => {
    let body: Buffer = Buffer.alloc(0);
    let length = 0;
    const add = (piece: Buffer) => {
      body = toRoomFor(length + piece.length, body);
      piece.copy(body, length);
      length += piece.length;
    };
    try {
      if (toldBytes !== undefined && toldBytes > maxBodyBytes) toRoomFor(toldBytes, body);
      await readEach(stream, add);
      return body.subarray(0, length);
    } finally {
      arrivingBytes -= body.length;
    }
  };
}

/** Calls `add` for each piece until the end. Leaves the stream as it is when that throws: it is to be answered yet. */
function readEach(stream: Body, add: (piece: Buffer) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const take = (piece: Buffer) => {
      try {
        add(piece);
      } catch (error) {
        settle(() => reject(error));
      }
    };
    const end = () => settle(resolve);
    const breakOff = () => settle(() => reject(withStatus(400, 'The body broke off.')));
    const settle = (say: () => void) => {
      stream.off('data', take).off('end', end).off('error', breakOff).off('close', breakOff);
      say();
    };
    stream.on('data', take).on('end', end).on('error', breakOff).on('close', breakOff);
  });
}

/** An error as Fastify takes it. */
export const withStatus = (statusCode: number, message: string) =>
  Object.assign(new Error(message), { statusCode });
