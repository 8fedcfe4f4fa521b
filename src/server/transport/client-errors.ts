import { type IncomingMessage, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { toErrorBody } from '../http-errors.ts';

/** What is told of a request that Node.js could not read to its end, by the code of its error. */
const problems: Readonly<Record<string, { readonly status: number; readonly message: string }>> = {
  ERR_HTTP_REQUEST_TIMEOUT: { status: 408, message: 'The request took too long to arrive.' },
  HPE_HEADER_OVERFLOW: { status: 431, message: 'The headers are too large.' },
};
const malformed = { status: 400, message: 'The request is not valid HTTP.' };

/** A connection with what has been asked on it. */
export interface ClientErrors {
  /** Answers in GraphQL's shape what is no request, and ends the connection. */
  answer(error: { readonly code?: string }, socket: Duplex): void;
  /** Has `answer` know the requests that are under way. */
  watch(fastify: FastifyInstance): void;
}

/** Makes the answers to what Node.js cannot make a request of, or that never becomes a whole one. */
export function createClientErrors(): ClientErrors {
  const underWay = new WeakMap<Duplex, Set<IncomingMessage>>();

  return {
    answer(error, socket) {
      // An answer would be taken for that of a whole request before, which may be changing things.
      const isAwaited = [...(underWay.get(socket) ?? [])].some(({ complete }) => complete);
      if (isAwaited || error.code === 'ECONNRESET' || !socket.writable) socket.destroy();
      else
        socket.end(toRawResponse(problems[error.code ?? ''] ?? malformed), () => socket.destroy());
    },
    watch({ server }) {
      server.on('request', (request, response) => {
        const requests = underWay.get(request.socket) ?? new Set();
        underWay.set(request.socket, requests.add(request));
        response.once('close', () => requests.delete(request));
      });
      server.on('connect', (_request, socket) => {
        socket.end(toRawResponse({ status: 405, message: 'This server is no proxy.' }));
      });
    },
  };
}

/** A whole response, after which the connection ends. */
function toRawResponse({ status, message }: typeof malformed): string {
  const body = JSON.stringify(toErrorBody('BAD_REQUEST', message));
  const headers = [
    'content-type: application/json; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    'cache-control: no-store',
    'x-content-type-options: nosniff',
    'connection: close',
    ...(status === 405 ? ['allow: GET, POST'] : []),
  ];
  return `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${headers.join('\r\n')}\r\n\r\n${body}`;
}
