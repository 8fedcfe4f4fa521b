import { setMaxListeners } from 'node:events';
import type { ServerResponse } from 'node:http';

/**
 * Returns the function that creates the signal of a request: it aborts when the response has ended, also because its
 * time was over or its client disconnected. Most requests never ask for it.
 */
export function signalOfResponse(response: ServerResponse): () => AbortSignal {
  let ended: AbortController | undefined;
  return () => {
    if (ended === undefined) {
      const controller = new AbortController();
      ended = controller;
      if (response.writableFinished || response.destroyed) controller.abort();
      else response.once('close', () => controller.abort());
    }
    return ended.signal;
  };
}

/** The used part of a connection of Node.js. */
interface Socket {
  once?(event: 'close', listener: () => void): unknown;
}

const connections = new WeakMap<Socket, AbortSignal>();

/** Returns a signal that aborts when the connection closes: one for all of its requests. */
export function signalOfConnection(socket: Socket): AbortSignal {
  const known = connections.get(socket);
  if (known !== undefined) return known;
  const closed = new AbortController();
  setMaxListeners(0, closed.signal); // each subscription of a WebSocket adds one
  socket.once?.('close', () => closed.abort());
  connections.set(socket, closed.signal);
  return closed.signal;
}

/** Creates a controller that also aborts when `signal` does. Abort it when its work ends: `signal` holds it until then. */
export function abortWith(signal: AbortSignal): AbortController {
  const controller = new AbortController();
  if (signal.aborted) controller.abort();
  signal.addEventListener('abort', () => controller.abort(), { signal: controller.signal });
  return controller;
}
