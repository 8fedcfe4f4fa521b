import type { DatabaseConnection } from '../../src/database/connection.ts';
import type { Notifications } from '../../src/database/notifications.ts';

/** All that is heard of a topic. */
export async function hear(notifications: Notifications, topic: string) {
  const heard = { payloads: [] as string[], losses: 0 };
  const listening = await notifications.listen(topic, {
    onPayload: (payload) => void heard.payloads.push(payload),
    onLost: () => {
      heard.losses += 1;
    },
  });
  return Object.assign(heard, listening);
}

/** Sends as triggers do. */
export const send = ({ migrations }: DatabaseConnection, topic: string, payload: string) =>
  migrations.query(`SELECT gatehouse.send_event('${topic}', '${payload}')`);
