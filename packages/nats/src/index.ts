import type { GatehousePackage } from 'graphql-gatehouse';
import { type NatsSettings, settings, toNatsOptions } from './settings.ts';

/** Its settings are environment variables. */
type NoOptions = Readonly<Record<string, never>>;

/**
 * Carries events of subscriptions from node to node through NATS JetStream, if `EVENTS_URL` is set:
 * `packages: [nats()]`.
 */
export const nats = (given: NoOptions = {}): GatehousePackage<NatsSettings> => ({
  name: 'nats',
  options: { given, known: {} },
  settings,
  checkSettings: ({ EVENTS_URL }, { database }) =>
    EVENTS_URL !== undefined && database === 'embedded' ? [needsPostgres] : [],
  // The client of NATS is loaded when it is used.
  async eventCarrier({ settings: given, log }) {
    const options = toNatsOptions(given);
    if (options === undefined) return undefined;
    const { createNatsCarrier } = await import('./carrier.ts');
    return createNatsCarrier({
      ...options,
      onError: (error) => log.warn({ err: error }, 'NATS failed: events arrive late'),
    });
  },
  async doctor({ settings: given }) {
    const options = toNatsOptions(given);
    if (options === undefined) return [];
    const { checkNats } = await import('./check.ts');
    return [await checkNats(options)];
  },
});

const needsPostgres = {
  name: 'EVENTS_URL',
  message: 'requires DATABASE_URL: the embedded database has one process, and needs no server',
};
