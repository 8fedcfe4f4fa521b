import type { IncomingMessage, Server } from 'node:http';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { endWith } from './client-errors.ts';
import { maxHeaderCount, tooManyHeaders } from './http-limits.ts';

/**
 * Answers a request as if it had not offered to change the protocol (RFC 9110, 7.8). Some clients offer HTTP/2 with an
 * ordinary request.
 *
 * Node.js has detached the connection, and read nothing behind the headers. So the connection is passed to it again,
 * as a new one that begins with the request without the header `Upgrade`.
 */
export function ignoreUpgrade(
  server: Server,
  request: IncomingMessage,
  connection: Duplex,
  head: Buffer,
): void {
  const { method, url, httpVersion, rawHeaders } = request;
  // Node.js omits headers beyond its own limit, such as the length of the body.
  if (rawHeaders.length / 2 > maxHeaderCount) {
    endWith(connection, tooManyHeaders);
    return;
  }
  const lines = [`${method} ${url} HTTP/${httpVersion}`];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? '';
    // Without a space, so that the headers do not become larger than they were.
    if (name.toLowerCase() !== 'upgrade') lines.push(`${name}:${rawHeaders[index + 1]}`);
  }
  connection.unshift(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), head]));
  // Node.js starts the timer of idle connections after each answer. As a new connection, this one would keep it running.
  if (connection instanceof Socket) connection.setTimeout(0);
  server.emit('connection', connection);
}
