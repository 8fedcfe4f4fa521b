import type { Viewer } from '../../authentication/viewer.ts';
import type { Context } from '../../context/context.ts';
import type { RunningOperation } from '../../operation/open-events.ts';
import { withoutCookies } from '../../values/browser-session.ts';
import type { RequestSource } from '../../values/request-source.ts';
import type { Watched } from '../access/access.ts';
import type { RequestContextOptions } from '../request/request-context.ts';
import { type Close, closeCodes, closeOf } from './close-codes.ts';

/** One socket: its viewer, its operations, and the function to close it. */
export interface Connection {
  readonly client: RequestSource;
  /** The session cookie of the upgrade, if one was sent. */
  readonly sessionCookie: string | undefined;
  /** The id of the socket in the log. */
  readonly requestId: string;
  /** The running subscriptions by id. */
  readonly running: Map<string, RunningOperation>;
  /**
   * Closes the socket (RFC 6455, 7.4.2). Nothing is sent to it afterwards. `reason` is a word for programs, never a
   * secret.
   */
  close(code: number, reason: string): void;
  /** How the server closed the socket, if it did. */
  closedBy(): Close | undefined;
}

/** Creates the context of an operation of a socket, or of one event of it. */
export const contextOf = (
  { client, requestId }: Connection,
  { createContext }: Pick<RequestContextOptions, 'createContext'>,
  { viewer, signal }: { readonly viewer: Viewer; readonly signal: AbortSignal },
): Context => {
  const openSignal = () => signal;
  return createContext({ viewer, client, requestId, browserSession: withoutCookies, openSignal });
};

/** Creates the part of a socket that is watched. */
export const toWatched = (
  connection: Connection,
  options: Pick<RequestContextOptions, 'createContext'>,
): Watched => ({
  requestId: connection.requestId,
  running: () => [...connection.running.values()],
  contextOf(viewer) {
    const { signal } = new AbortController(); // a check has no end of its own
    return contextOf(connection, options, { viewer, signal });
  },
  end(ending) {
    const { code, reason } = closeOf(ending);
    connection.close(code, reason);
  },
  stop: () => connection.close(closeCodes.goingAway, 'GOING_AWAY'),
});
