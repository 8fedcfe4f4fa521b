import type { GatehouseContext } from 'graphql-gatehouse';
import { createFailureWindow } from './failure-window.ts';
import type { Identity } from './identities/identity.store.ts';
import type { OidcProvider } from './oidc.ts';
import type { ProvidersOptions } from './options.ts';
import { createProtocol } from './protocol/create-protocol.ts';
import type { ProviderProtocol } from './protocol/protocol.ts';
import { addressesOf, clientOf, type ProvidersRuntime } from './settings.ts';
import { createTurnstile } from './turnstile.ts';

export type Parts = ProvidersRuntime & ReturnType<typeof openParts>;

export function openParts(runtime: ProvidersRuntime, given: ProvidersOptions) {
  const options: ReadonlyMap<string, OidcProvider> = new Map(Object.entries(given));
  return {
    /** By name, in the order of the configuration. */
    options,
    protocols: createProtocols(runtime, given),
    addresses: addressesOf(runtime.settings),
    mayRecord: createFailureWindow(),
    logouts: createTurnstile(maxLogouts),
  };
}

/** So many log-outs are checked at once: a provider that hangs must not take the server from all others. */
const maxLogouts = 50;

/** Creates what speaks with the providers, by their names. */
export const createProtocols = (
  { settings, isProduction, now }: Pick<ProvidersRuntime, 'settings' | 'isProduction' | 'now'>,
  options: ProvidersOptions,
): ReadonlyMap<string, ProviderProtocol> =>
  new Map(
    Object.entries(options).map(([name, provider]) => [
      name,
      createProtocol({
        provider,
        ...clientOf(settings, name),
        allowsInsecure: !isProduction,
        now,
      }),
    ]),
  );

interface ProvidersLoad {
  identitiesOfUser(userId: string): Promise<readonly Identity[]>;
}

export type ProvidersContext = GatehouseContext<unknown, ProvidersLoad>;
