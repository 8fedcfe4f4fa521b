import { type IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import type { Connections } from '../transport/connections.ts';
import { maxHeaderCount } from '../transport/http-limits.ts';

/** A request to become a WebSocket. */
export interface Upgrade {
  /**
   * Takes the connection from HTTP: nothing is answered to the request afterwards. `head` is the data that was read
   * after the request.
   */
  take(): { readonly socket: Duplex; readonly head: Buffer };
}

/** Returns the upgrade of a request. Undefined for every other request. */
export type UpgradeOf = (request: IncomingMessage) => Upgrade | undefined;

/**
 * Routes WebSocket requests through Fastify like all others, with its hooks, its request id, and the client's address
 * behind trusted proxies. A route that takes the upgrade writes its own response. The answer of any other route is
 * sent, and the connection is ended.
 *
 * If an earlier request on the connection is unanswered, the connection is ended: two answers would be mixed.
 */
export function routeUpgrades(
  fastify: FastifyInstance,
  connections: Pick<Connections, 'requestsOf' | 'release'>,
): UpgradeOf {
  const upgrades = new WeakMap<IncomingMessage, Upgrade>();
  /** How often a connection was returned to Node.js: each time it gets another parser with listeners. */
  const timesGivenBack = new WeakMap<Duplex, number>();

  fastify.server.on('upgrade', (request, socket, head) => {
    // Handles connections that break before they are WebSockets. There is no client left to answer.
    socket.on('error', () => socket.destroy());
    if (connections.requestsOf(socket).length > 0) return void socket.destroy();
    const isWebSocket = request.headers.upgrade?.toLowerCase() === 'websocket';
    if (!isWebSocket || request.method !== 'GET') return withoutUpgrade(request, socket, head);
    const response = new ServerResponse(request);
    if (socket instanceof Socket) {
      response.assignSocket(socket);
      // Node.js does not limit the connection any more. ws removes this limit.
      socket.setTimeout(maxAnswerMs, () => socket.destroy());
    }
    response.shouldKeepAlive = false;
    response.on('finish', () => socket.end(() => socket.destroy()));
    upgrades.set(request, {
      take() {
        if (socket instanceof Socket) response.detachSocket(socket);
        connections.release(socket);
        return { socket, head };
      },
    });
    fastify.routing(request, response);
  });

  /**
   * Answers a request as if it had not asked for an upgrade, which is allowed (RFC 9110, 7.8): clients offer HTTP/2
   * in passing. Node.js has detached the connection, so it is returned together with the request. A client that asks
   * again on this connection gets one more answer, and then has to open another connection.
   */
  function withoutUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const times = (timesGivenBack.get(socket) ?? 0) + 1;
    timesGivenBack.set(socket, times);
    // Node.js may have omitted headers beyond these, such as the length of the body.
    if (times > maxTimesGivenBack || request.rawHeaders.length / 2 > maxHeaderCount) {
      socket.destroy();
      return;
    }
    const lines = [`${request.method} ${request.url} HTTP/${request.httpVersion}`];
    for (const [index, name] of request.rawHeaders.entries()) {
      const isValue = index % 2 === 1;
      if (isValue || hopHeaders.includes(name.toLowerCase())) continue;
      lines.push(`${name}: ${request.rawHeaders[index + 1]}`);
    }
    const isLast = /\bclose\b/i.test(request.headers.connection ?? '');
    if (isLast || times === maxTimesGivenBack) lines.push('connection: close');
    socket.unshift(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), head]));
    fastify.server.emit('connection', socket);
  }

  return (request) => upgrades.get(request);
}

const maxTimesGivenBack = 2;

/** The time in which a client without a WebSocket must continue to read its answer, in milliseconds. */
const maxAnswerMs = 10_000;

/** Headers that concern only this connection. */
const hopHeaders: readonly string[] = ['connection', 'upgrade', 'http2-settings'];
