import type { PGlite } from '@electric-sql/pglite';
import type { Listening, Notifications } from './notifications.ts';

/** Notifications within this process, the only one that has the embedded database. There are no gaps. */
export function createEmbeddedNotifications(server: PGlite): Notifications {
  const running = new Set<Listening>();

  return {
    async listen(channel, { onPayload }) {
      // PGlite takes the channel for SQL: without quotes it would be another one, in small letters.
      const name = `"${channel}"`;
      await server.listen(name, onPayload);
      const { rows } = await server.query<{ at: Date }>('SELECT now() AS at');
      const [{ at: since } = { at: new Date() }] = rows;
      const listening: Listening = {
        since,
        async stop() {
          if (running.delete(listening) && !server.closed) {
            await server.unlisten(name, onPayload);
          }
        },
      };
      running.add(listening);
      return listening;
    },
    async close() {
      await Promise.all([...running].map((each) => each.stop()));
    },
  };
}
