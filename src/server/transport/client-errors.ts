import { type Server, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { toErrorBody } from '../http-errors.ts';
import type { Connections } from './connections.ts';

/** What is told of a request that Node.js could not read to its end, by the code of its error. */
const problems: Readonly<Record<string, { readonly status: number; readonly message: string }>> = {
  ERR_HTTP_REQUEST_TIMEOUT: { status: 408, message: 'The request took too long to arrive.' },
  HPE_HEADER_OVERFLOW: { status: 431, message: 'The headers are too large.' },
};
const malformed = { status: 400, message: 'The request is not valid HTTP.' };

/**
 * Answers in GraphQL's shape what Node.js cannot make a request of, or what never becomes a whole one, and ends
 * the connection.
 */
export function answerClientError(
  error: { readonly code?: string },
  connection: Duplex,
  { requestsOf, isAnsweredEarly }: Pick<Connections, 'requestsOf' | 'isAnsweredEarly'>,
): void {
  // An answer would be taken for that of a whole request before, which may be changing things.
  const isAwaited = requestsOf(connection).some(({ complete }) => complete);
  if (isAwaited || error.code === 'ECONNRESET' || !connection.writable) connection.destroy();
  // A second answer would be taken for that to the next request on the connection.
  else if (isAnsweredEarly(connection)) end(connection);
  else endWith(connection, problems[error.code ?? ''] ?? malformed);
}

/** Refuses to pass something on to another server. */
export function refuseTunnels(
  server: Server,
  { requestsOf }: Pick<Connections, 'requestsOf'>,
): void {
  server.on('connect', (_request, connection) => {
    connection.on('error', () => connection.destroy());
    // The refusal would be taken for the answer to a request before.
    if (requestsOf(connection).length > 0) connection.destroy();
    else endWith(connection, { status: 405, message: 'This server is not a proxy.' });
  });
}

/** Sends a whole response, and ends the connection: a client that keeps its own end open keeps nothing. */
export function endWith(connection: Duplex, response: typeof malformed): void {
  end(connection, toRawResponse(response));
}

function end(connection: Duplex, last = ''): void {
  connection.end(last, () => connection.destroy());
}

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
