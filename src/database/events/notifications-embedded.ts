import type { PGlite } from '@electric-sql/pglite';
import type { Notifications } from '../notifications.ts';
import { EVENT_CHANNEL } from './carrier-postgres.ts';
import { createTopicListeners } from './topic-listeners.ts';

/**
 * Parameters of PostgreSQL with which triggers notify the process directly: no other process has the database open, and
 * the connection cannot be lost.
 */
export const singleProcessParams = ['-c', 'gatehouse.single_process=on'];

/** Creates the notifications of the embedded database, within this process. */
export function createEmbeddedNotifications(server: PGlite): Notifications {
  const listeners = createTopicListeners();
  /** Each notification is a batch of its own. It arrives before the answer to its commit. */
  let batch = 0;
  /** `topic payload`. A payload may have spaces. */
  const deliver = (notification: string) => {
    const [topic = ''] = notification.split(' ', 1);
    batch += 1;
    listeners.deliver(topic, [notification.slice(topic.length + 1)], batch);
  };
  let listening: Promise<unknown> | undefined;

  return {
    async listen(topic, listener) {
      const remove = listeners.add(topic, listener);
      try {
        listening ??= server.listen(EVENT_CHANNEL, deliver);
        await listening;
      } catch (error) {
        listening = undefined;
        remove();
        throw error;
      }
      return { position: async () => batch, stop: async () => remove() };
    },
    async close() {
      if (listening === undefined || server.closed) return;
      listening = undefined;
      await server.unlisten(EVENT_CHANNEL, deliver);
    },
  };
}
