import { type Server, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Connections } from './connections.ts';
import { toErrorBody } from './http-errors.ts';

/** The answers to requests that Node.js could not read, by the code of its error. */
const problems: Readonly<Record<string, { readonly status: number; readonly message: string }>> = {
  ERR_HTTP_REQUEST_TIMEOUT: { status: 408, message: 'The request took too long to arrive.' },
  HPE_HEADER_OVERFLOW: { status: 431, message: 'The headers are too large.' },
};
const malformed = { status: 400, message: 'The request is not valid HTTP.' };

/** Answers requests that Node.js could not read completely, in GraphQL's shape, and ends the connection. */
export function answerClientError(
  error: { readonly code?: string },
  connection: Duplex,
  { requestsOf, isAnsweredEarly }: Pick<Connections, 'requestsOf' | 'isAnsweredEarly'>,
): void {
  // The answer would be mistaken for that of the earlier request, which may be changing data.
  const isAwaited = requestsOf(connection).some(({ complete }) => complete);
  if (isAwaited || error.code === 'ECONNRESET' || !connection.writable) connection.destroy();
  // A second answer would be mistaken for that of the next request on the connection.
  else if (isAnsweredEarly(connection)) end(connection);
  else endWith(connection, problems[error.code ?? ''] ?? malformed);
}

/** Refuses tunnels to other servers. */
export function refuseTunnels(
  server: Server,
  { requestsOf }: Pick<Connections, 'requestsOf'>,
): void {
  server.on('connect', (_request, connection) => {
    connection.on('error', () => connection.destroy());
    // The refusal would be mistaken for the answer to an earlier request.
    if (requestsOf(connection).length > 0) connection.destroy();
    else endWith(connection, { status: 405, message: 'This server is not a proxy.' });
  });
}

/** Sends a whole response, and ends the connection, also when the client keeps its own end open. */
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
