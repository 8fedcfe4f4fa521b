import type { PackageSetting, SettingValues } from 'graphql-gatehouse';
import { z } from 'zod';
import type { NatsOptions } from './nats-options.ts';
import { parseServers } from './servers.ts';

const serversUrl = z.string().check(({ value, issues }) => {
  const parsed = parseServers(value);
  if (typeof parsed === 'string') issues.push({ code: 'custom', message: parsed, input: '' });
});

/** Where NATS is, and the names of this installation there. */
export const settings = {
  EVENTS_URL: {
    schema: serversUrl.optional(),
    meaning:
      'The URL of a NATS server with JetStream, or of several servers of a cluster, such as nats://user:password@host:4222,other-host:4222 or tls://token@host. NATS then carries events of subscriptions between nodes. Not set: LISTEN and NOTIFY of PostgreSQL, which are enough for a few nodes.',
    shows: 'presence',
  },
  EVENTS_PREFIX: {
    schema: z
      .string()
      .regex(/^[A-Za-z0-9_-]{1,40}$/, 'must be 1 to 40 letters, digits, _ or -')
      .default('gatehouse'),
    meaning:
      'Prefix of the names of this installation on the NATS server: the stream PREFIX_events and its subject PREFIX.events. Must be different for each database.',
    shows: 'value',
  },
} satisfies Record<string, PackageSetting>;

export type NatsSettings = SettingValues<typeof settings>;

/** Returns the NATS server of the settings. Undefined: NATS is not used. */
export function toNatsOptions({
  EVENTS_URL,
  EVENTS_PREFIX: prefix,
}: NatsSettings): NatsOptions | undefined {
  const parsed = EVENTS_URL === undefined ? undefined : parseServers(EVENTS_URL);
  if (parsed === undefined || typeof parsed === 'string') return undefined;
  return { ...parsed, streamName: `${prefix}_events`, subject: `${prefix}.events` };
}
