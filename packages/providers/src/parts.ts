import type { GatehouseContext } from 'graphql-gatehouse';
import { createFailureWindow } from './failure-window.ts';
import type { Identity } from './identities/identity.store.ts';
import type { OidcProvider } from './oidc.ts';
import type { ProvidersOptions } from './options.ts';
import { createProtocol } from './protocol/create-protocol.ts';
import { addressesOf, clientOf, type ProvidersRuntime } from './settings.ts';

export type Parts = ProvidersRuntime & ReturnType<typeof openParts>;

export function openParts(runtime: ProvidersRuntime, given: ProvidersOptions) {
  const { settings, isProduction, now } = runtime;
  const options: ReadonlyMap<string, OidcProvider> = new Map(Object.entries(given));
  return {
    /** By name, in the order of the configuration. */
    options,
    protocols: new Map(
      [...options].map(([name, provider]) => [
        name,
        createProtocol({
          provider,
          ...clientOf(settings, name),
          allowsInsecure: !isProduction,
          now,
        }),
      ]),
    ),
    addresses: addressesOf(settings),
    mayRecord: createFailureWindow(),
  };
}

interface ProvidersLoad {
  identitiesOfUser(userId: string): Promise<readonly Identity[]>;
}

export type ProvidersContext = GatehouseContext<unknown, ProvidersLoad>;
