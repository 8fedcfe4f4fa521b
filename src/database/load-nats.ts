import { readFileSync } from 'node:fs';
import { hasCode } from '../errors.ts';
import type { CreateEventCarrier } from './event-carrier.ts';
import type { NatsOptions } from './nats/nats-options.ts';

/** Optional peer dependencies for NATS. */
const libraries = ['@nats-io/jetstream', '@nats-io/transport-node'];

/** NATS is configured, but a library for it is not installed. */
class NatsUnavailableError extends Error {
  override readonly name = 'NatsUnavailableError';

  constructor(options: ErrorOptions) {
    super(
      `EVENTS_URL is set, but NATS needs libraries that are not installed: npm install ${describeLibraries()}`,
      options,
    );
  }
}

/**
 * Loads the carrier over NATS with its client.
 *
 * @throws {NatsUnavailableError} with the command that installs what is missing.
 */
export async function loadNatsCarrier(options: NatsOptions): Promise<CreateEventCarrier> {
  const { createNatsCarrier } = await loaded(import('./nats/carrier-nats.ts'));
  return createNatsCarrier(options);
}

/** Loads the check of a NATS server. @throws {NatsUnavailableError} */
export async function loadNatsProbe() {
  const { probeNats } = await loaded(import('./nats/probe.ts'));
  return probeNats;
}

const loaded = <Module>(loading: Promise<Module>): Promise<Module> =>
  loading.catch((cause) => {
    throw hasCode(cause, 'ERR_MODULE_NOT_FOUND') ? new NatsUnavailableError({ cause }) : cause;
  });

/** Includes the versions that this package was tested with. */
function describeLibraries(): string {
  const manifest: { readonly peerDependencies: Readonly<Record<string, string>> } = JSON.parse(
    readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
  );
  return libraries.map((name) => `${name}@${manifest.peerDependencies[name]}`).join(' ');
}
