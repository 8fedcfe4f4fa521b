import type { PGlite } from '@electric-sql/pglite';
import type { Listening, Notifications } from './notifications.ts';

/** Creates the notifications of the embedded database, within this process. They have no gaps. */
export function createEmbeddedNotifications(server: PGlite): Notifications {
  const running = new Set<Listening>();

  return {
    async listen(channel, { onPayload }) {
      // PGlite inserts the channel into SQL: without quotes it would be converted to lower case.
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
