import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { OverloadedError } from '../../errors.ts';

export interface BodyLimits {
  readonly maxBodyBytes: number;
  /** The maximum size of all bodies that are arriving at the same time. Small bodies are always accepted. */
  readonly maxArrivingBytes: number;
}

export type Body = Pick<IncomingMessage, 'on' | 'off'>;

/** The maximum size of a small body, in bytes. Most operations are small. */
const smallBodyBytes = 16_384;

/**
 * Creates the function that reads a body into one buffer. Keeping small pieces as they arrive would take up to two
 * hundred times the memory of their bytes.
 *
 * The function rejects with an error whose `statusCode` is 413 or 400, or with an `OverloadedError`.
 */
export function createReadBody({ maxBodyBytes, maxArrivingBytes }: BodyLimits) {
  let arrivingBytes = 0;

  /** Returns a buffer with room for `neededBytes` that starts with the contents of the smaller one. */
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

  /** `declaredBytes`: the length in the header. Undefined without the header. */
  return async (stream: Body, declaredBytes: number | undefined): Promise<Buffer> => {
    let body: Buffer = Buffer.alloc(0);
    let length = 0;
    const add = (piece: Buffer) => {
      body = toRoomFor(length + piece.length, body);
      piece.copy(body, length);
      length += piece.length;
    };
    try {
      if (declaredBytes !== undefined && declaredBytes > maxBodyBytes)
        toRoomFor(declaredBytes, body);
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

/** Called with the parsed body or with an error. */
type Done = (problem: Error | null, body?: unknown) => void;

/**
 * Accepts only bodies of JSON in UTF-8. Plain text and forms are refused because pages of any origin can send them
 * (CSRF), and invalid UTF-8 because it would be guessed. Keys that could change prototypes are refused.
 */
export function registerJsonBody(fastify: FastifyInstance, limits: BodyLimits): void {
  const parse = fastify.getDefaultJsonParser('error', 'error');
  const readBody = createReadBody(limits);
  const parser = (request: FastifyRequest, payload: Body, done: Done) => {
    const { 'content-length': length } = request.headers;
    readBody(payload, length === undefined ? undefined : Number(length)).then((body) => {
      if (isUtf8(body)) parse(request, String(body), done);
      else done(withStatus(400, 'The body must be UTF-8 text.'));
    }, done);
  };
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('application/json', parser);
}
