import { isUtf8 } from 'node:buffer';
import type { Readable } from 'node:stream';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { OverloadedError } from '../../errors.ts';

/** What is known of a body before it is read. */
export interface BodyLimits {
  readonly maxBodyBytes: number;
  /** The length in the header. Undefined without the header. */
  readonly declaredBytes: number | undefined;
}

/** Reads a body into one buffer. @throws {OverloadedError} or an error whose `statusCode` is 413 or 400 */
export type ReadBody = (stream: Body, limits: BodyLimits) => Promise<Buffer>;

export type Body = Pick<Readable, 'on' | 'off'>;

/** The maximum size of all bodies that are still arriving. Their requests do not count as concurrent yet. */
export const maxArrivingBytes = 64_000_000;

/** The maximum size of a small body, in bytes. Most operations are small. */
const smallBodyBytes = 16_384;

/**
 * Creates the function that reads bodies. Keeping small pieces as they arrive would take up to two hundred times the
 * memory of their bytes.
 *
 * @param maxBytes the maximum size of all bodies that are arriving at the same time. Small bodies are always accepted.
 */
export function createReadBody(maxBytes = maxArrivingBytes): ReadBody {
  let arrivingBytes = 0;

  /** Returns a buffer with room for `neededBytes` that starts with the contents of the smaller one. */
  function toRoomFor(neededBytes: number, smaller: Buffer, maxBodyBytes: number): Buffer {
    if (neededBytes > maxBodyBytes) throw withStatus(413, 'The body is too large.');
    if (neededBytes <= smaller.length) return smaller;
    const size = Math.min(maxBodyBytes, Math.max(neededBytes, 2 * smaller.length));
    const more = size - smaller.length;
    if (size > smallBodyBytes && arrivingBytes + more > maxBytes) throw new OverloadedError();
    arrivingBytes += more;
    const larger = Buffer.allocUnsafe(size);
    smaller.copy(larger);
    return larger;
  }

  return async (stream, { maxBodyBytes, declaredBytes }) => {
    let body: Buffer = Buffer.alloc(0);
    let length = 0;
    const add = (piece: Buffer) => {
      body = toRoomFor(length + piece.length, body, maxBodyBytes);
      piece.copy(body, length);
      length += piece.length;
    };
    try {
      if (declaredBytes !== undefined && declaredBytes > maxBodyBytes) {
        throw withStatus(413, 'The body is too large.');
      }
      await readEach(stream, add);
      return body.subarray(0, length);
    } finally {
      arrivingBytes -= body.length;
    }
  };
}

/**
 * Calls `add` for each piece until the end. If `add` throws, the stream stays open, so that the request can be
 * answered.
 */
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

/** Creates an error with a status for Fastify. */
const withStatus = (statusCode: number, message: string) =>
  Object.assign(new Error(message), { statusCode });

/** Returns the length that a header announces. Undefined: it is not sent. */
export const toDeclaredBytes = (length: string | undefined): number | undefined =>
  length === undefined ? undefined : Number(length);

export interface JsonBodyOptions {
  readonly readBody: ReadBody;
  readonly maxBodyBytes: number;
}

/** Called with the parsed body or with an error. */
type Done = (problem: Error | null, body?: unknown) => void;

/**
 * Accepts only bodies of JSON in UTF-8. Plain text and forms are refused because pages of any origin can send them
 * (CSRF), and invalid UTF-8 because it would be guessed. Keys that could change prototypes are refused.
 */
export function registerJsonBody(
  fastify: FastifyInstance,
  { readBody, maxBodyBytes }: JsonBodyOptions,
): void {
  const parse = fastify.getDefaultJsonParser('error', 'error');
  const parser = (request: FastifyRequest, payload: Body, done: Done) => {
    const declaredBytes = toDeclaredBytes(request.headers['content-length']);
    readBody(payload, { maxBodyBytes, declaredBytes }).then((body) => {
      if (isUtf8(body)) parse(request, String(body), done);
      else done(withStatus(400, 'The body must be UTF-8 text.'));
    }, done);
  };
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('application/json', parser);
}
