import { type IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import type { Connections } from '../transport/connections.ts';
import { maxHeaderCount } from '../transport/http-limits.ts';

/** A request that asks to become a WebSocket. */
export interface Upgrade {
  /**
   * Takes the connection out of HTTP: from then on nothing is answered to the request. `head` is what has
   * been read of it beyond the request.
   */
  take(): { readonly socket: Duplex; readonly head: Buffer };
}

/** The upgrade that a request asks for; undefined for every other request. */
export type UpgradeOf = (request: IncomingMessage) => Upgrade | undefined;

/**
 * Sends requests for a WebSocket through Fastify as any other: they have its hooks, its request id, and
 * the client's address by the proxies that are trusted. A route that takes the upgrade writes its own response;
 * what any other answers is sent, and the connection ended.
 *
 * Behind a request that has not been answered yet it ends the connection: two answers would meet on it.
 */
export function routeUpgrades(
  fastify: FastifyInstance,
  connections: Pick<Connections, 'requestsOf' | 'release'>,
): UpgradeOf {
  const upgrades = new WeakMap<IncomingMessage, Upgrade>();
  /** How often a connection was given back: each time it gets one more parser and its listeners. */
  const timesGivenBack = new WeakMap<Duplex, number>();

  fastify.server.on('upgrade', (request, socket, head) => {
    // When the connection breaks before it is a WebSocket; then there is no client left to answer.
    socket.on('error', () => socket.destroy());
    if (connections.requestsOf(socket).length > 0) return void socket.destroy();
    const isWebSocket = request.headers.upgrade?.toLowerCase() === 'websocket';
    if (!isWebSocket || request.method !== 'GET') return withoutUpgrade(request, socket, head);
    const response = new ServerResponse(request);
    if (socket instanceof Socket) {
      response.assignSocket(socket);
      // Node.js watches over the connection no longer; ws takes this limit away.
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
   * Answers a request as if it had not asked, as every server may (RFC 9110, 7.8): clients ask for
   * HTTP/2 in passing. Node.js has given its connection away, so it is given back, with the request.
   * Who asks again on that connection gets one more answer, and then has to open another one.
   */
  function withoutUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const times = (timesGivenBack.get(socket) ?? 0) + 1;
    timesGivenBack.set(socket, times);
    // Node.js may have left out headers beyond these, such as the length of the body.
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

/** How long a client that is given no WebSocket may take its answer without a pause, in milliseconds. */
const maxAnswerMs = 10_000;

/** What is about this connection alone. */
const hopHeaders: readonly string[] = ['connection', 'upgrade', 'http2-settings'];
