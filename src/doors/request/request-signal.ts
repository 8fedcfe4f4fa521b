import { setMaxListeners } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { Deadline } from '../../values/within-deadline.ts';

/**
 * Returns the function that creates the signal of a request: it aborts at the deadline, and when the response has ended,
 * also because its client disconnected. Most requests never ask for it.
 */
export function signalOfResponse(response: ServerResponse, deadline: Deadline): () => AbortSignal {
  let ended: AbortController | undefined;
  return () => {
    if (ended === undefined) {
      const controller = abortWith(deadline.signal());
      ended = controller;
      if (response.writableFinished || response.destroyed) controller.abort();
      else response.once('close', () => controller.abort());
    }
    return ended.signal;
  };
}

/** Returns whether the time of a request is over, or its client has disconnected before the answer. It needs no signal. */
export const hasEndedOf =
  (response: Pick<ServerResponse, 'destroyed' | 'writableFinished'>, deadline: Deadline) =>
  (): boolean =>
    deadline.isOver() || (response.destroyed && !response.writableFinished);

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

/**
 * Creates a controller that also aborts when one of `signals` does, with its reason. Abort it when its work ends: the
 * signals hold it until then.
 */
export function abortWith(...signals: readonly AbortSignal[]): AbortController {
  const controller = new AbortController();
  for (const signal of signals) {
    if (signal.aborted) controller.abort(signal.reason);
    signal.addEventListener('abort', () => controller.abort(signal.reason), {
      signal: controller.signal,
    });
  }
  return controller;
}
