import { createBatchReader } from './event-batches.ts';
import type { CreateEventCarrier } from './event-carrier.ts';

/** The channel of PostgreSQL on which nodes are notified of events. */
export const EVENT_CHANNEL = 'gatehouse_events';

/** Creates the carrier that needs PostgreSQL alone: notified nodes read the batches from their table. */
export const createPostgresCarrier: CreateEventCarrier = ({ deliver, onLost }) => ({
  channel: EVENT_CHANNEL,
  onNotification: createBatchReader({ deliver, onLost }),
  onRelayed() {},
  async close() {},
});
