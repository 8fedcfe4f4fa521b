import { createBatchReader } from './event-batches.ts';
import type { SessionCarrier, SessionReceiver } from './session-carrier.ts';

/** The channel of PostgreSQL on which nodes are notified of events. */
export const EVENT_CHANNEL = 'gatehouse_events';

/** Creates the carrier over PostgreSQL: nodes read new batches from the table when they are notified. */
export const createPostgresCarrier = ({ deliver, onLost }: SessionReceiver): SessionCarrier => ({
  channel: EVENT_CHANNEL,
  onNotification: createBatchReader({ deliver, onLost }),
  onRelayed() {},
  async close() {},
});
