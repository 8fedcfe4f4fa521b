import { type IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import type { Connections } from '../transport/connections.ts';
import { ignoreUpgrade } from '../transport/ignored-upgrade.ts';

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
 * Other upgrades, such as to h2c, are ignored. Earlier requests on the connection are answered first.
 */
export function routeUpgrades(fastify: FastifyInstance, connections: Connections): UpgradeOf {
  const upgrades = new WeakMap<IncomingMessage, Upgrade>();

  function route(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const response = new ServerResponse(request);
    if (socket instanceof Socket) {
      response.assignSocket(socket);
      socket.setTimeout(maxAnswerMs); // ws removes this limit
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
  }

  fastify.server.on('upgrade', (request, socket, head) => {
    const stopListening = listenDetached(socket, connections);
    const proceed = () => {
      if (socket.destroyed || socket.writableEnded) return;
      if (asksForWebSocket(request)) return route(request, socket, head);
      stopListening();
      ignoreUpgrade(fastify.server, request, socket, head);
    };
    const earlier = connections.earlierAnswered(socket);
    if (earlier === undefined) proceed();
    else void earlier.then(proceed);
  });

  return (request) => upgrades.get(request);
}

const asksForWebSocket = ({ method, headers }: IncomingMessage): boolean =>
  method === 'GET' && headers.upgrade?.toLowerCase() === 'websocket';

/** Listens to a connection from which Node.js has removed its listeners. Returns a function that stops it. */
function listenDetached(socket: Duplex, { drained }: Pick<Connections, 'drained'>): () => void {
  const destroy = () => socket.destroy();
  const listeners = { error: destroy, timeout: destroy, drain: () => drained(socket) };
  for (const [event, listener] of Object.entries(listeners)) socket.on(event, listener);
  return () => {
    for (const [event, listener] of Object.entries(listeners)) socket.off(event, listener);
  };
}

/** The time in which a client without a WebSocket must continue to read its answer, in milliseconds. */
const maxAnswerMs = 10_000;
