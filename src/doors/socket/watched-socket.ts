import type { Watched } from '../access/access.ts';
import type { RequestContextOptions } from '../request/request-context.ts';
import { closeCodes, closeOf } from './close-codes.ts';
import { type Connection, contextOf } from './connection.ts';

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
