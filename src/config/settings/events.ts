import { z } from 'zod';
import { type NatsServers, parseEventsUrl } from './events-url.ts';
import { settingFacts } from './setting.ts';

const eventsUrl = z.string().check(({ value, issues }) => {
  const parsed = parseEventsUrl(value);
  if (typeof parsed === 'string') issues.push({ code: 'custom', message: parsed, input: '' });
});

/** How events of subscriptions reach the other nodes. */
export const eventSettings = {
  events: z
    .object({
      url: eventsUrl.optional().register(settingFacts, {
        name: 'EVENTS_URL',
        meaning:
          'The URL of a NATS server with JetStream, or of several servers of a cluster, such as nats://user:password@host:4222,other-host:4222 or tls://token@host. NATS then carries events of subscriptions between nodes. Requires the packages @nats-io/jetstream and @nats-io/transport-node. Not set: LISTEN and NOTIFY of PostgreSQL, which are enough for a few nodes.',
        shows: 'presence',
      }),
      prefix: z
        .string()
        .regex(/^[A-Za-z0-9_-]{1,40}$/, 'must be 1 to 40 letters, digits, _ or -')
        .default('gatehouse')
        .register(settingFacts, {
          name: 'EVENTS_PREFIX',
          meaning:
            'Prefix of the names of this installation on the NATS server: the stream PREFIX_events and its subject PREFIX.events. Must be different for each database.',
        }),
    })
    .transform(toEventsServer),
};

/** A NATS server, and the names of this installation on it. */
export interface EventsServer extends NatsServers {
  readonly streamName: string;
  readonly subject: string;
}

/** Returns the NATS server of the settings. Undefined: NATS is not used. */
function toEventsServer({
  url,
  prefix,
}: {
  readonly url?: string | undefined;
  readonly prefix: string;
}): EventsServer | undefined {
  const parsed = url === undefined ? undefined : parseEventsUrl(url);
  if (parsed === undefined || typeof parsed === 'string') return undefined;
  return { ...parsed, streamName: `${prefix}_events`, subject: `${prefix}.events` };
}
