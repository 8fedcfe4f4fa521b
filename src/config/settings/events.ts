import { z } from 'zod';
import { type NatsServers, parseEventsUrl } from './events-url.ts';
import { setting } from './setting.ts';

const eventsUrl = z.string().check(({ value, issues }) => {
  const parsed = parseEventsUrl(value);
  if (typeof parsed === 'string') issues.push({ code: 'custom', message: parsed, input: '' });
});

/** How events of subscriptions reach the other nodes. */
export const eventSettings = {
  EVENTS_URL: setting(
    eventsUrl.optional(),
    'The URL of a NATS server with JetStream, or of several servers of a cluster, such as nats://user:password@host:4222,other-host:4222 or tls://token@host. NATS then carries events of subscriptions between nodes. Requires the packages @nats-io/jetstream and @nats-io/transport-node. Not set: LISTEN and NOTIFY of PostgreSQL, which are enough for a few nodes.',
    'presence',
  ),
  EVENTS_PREFIX: setting(
    z
      .string()
      .regex(/^[A-Za-z0-9_-]{1,40}$/, 'must be 1 to 40 letters, digits, _ or -')
      .default('gatehouse'),
    'Prefix of the names of this installation on the NATS server: the stream PREFIX_events and its subject PREFIX.events. Must be different for each database.',
  ),
};

/** A NATS server, and the names of this installation on it. */
export interface EventsServer extends NatsServers {
  readonly streamName: string;
  readonly subject: string;
}

/** Returns the NATS server of the settings. Undefined: NATS is not used. */
export function toEventsServer(settings: {
  readonly EVENTS_URL?: string | undefined;
  readonly EVENTS_PREFIX: string;
}): EventsServer | undefined {
  const { EVENTS_URL, EVENTS_PREFIX: prefix } = settings;
  const parsed = EVENTS_URL === undefined ? undefined : parseEventsUrl(EVENTS_URL);
  if (parsed === undefined || typeof parsed === 'string') return undefined;
  return { ...parsed, streamName: `${prefix}_events`, subject: `${prefix}.events` };
}
