import { type IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { endWith } from '../transport/client-errors.ts';
import type { Connections } from '../transport/connections.ts';

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
 * Other upgrades, such as to h2c, are refused with 400. If an earlier request on the connection is unanswered, the
 * connection is ended: two answers would be mixed.
 */
export function routeUpgrades(
  fastify: FastifyInstance,
  connections: Pick<Connections, 'requestsOf' | 'release'>,
): UpgradeOf {
  const upgrades = new WeakMap<IncomingMessage, Upgrade>();

  fastify.server.on('upgrade', (request, socket, head) => {
    // Handles connections that break before they are WebSockets. There is no client left to answer.
    socket.on('error', () => socket.destroy());
    if (connections.requestsOf(socket).length > 0) return void socket.destroy();
    const isWebSocket = request.headers.upgrade?.toLowerCase() === 'websocket';
    if (!isWebSocket || request.method !== 'GET') return endWith(socket, notAWebSocket);
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

  return (request) => upgrades.get(request);
}

/** Node.js 20 stops parsing a connection that asks for an upgrade, so its body could not be read. */
const notAWebSocket = {
  status: 400,
  message: 'The only supported upgrade is GET to WebSocket. Send the request without Upgrade.',
};

/** The time in which a client without a WebSocket must continue to read its answer, in milliseconds. */
const maxAnswerMs = 10_000;
