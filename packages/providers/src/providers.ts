import { fileURLToPath } from 'node:url';
import type { GatehousePackage } from 'graphql-gatehouse';
import { definePackage } from 'graphql-gatehouse/package';
import { createProvidersDomain } from './account/domain.ts';
import { removeExpired } from './database/remove-expired.ts';
import { removeIdentities } from './identities/identity.store.ts';
import { factorKinds } from './kinds.ts';
import { checkProvider } from './login/proof.ts';
import { wayBackOf } from './login/way-back.ts';
import { type ProvidersOptions, requireOptions } from './options.ts';
import { openParts } from './parts.ts';
import { checkSettings, type ProvidersRuntime, settingsOf } from './settings.ts';

/** Who begins a log-in names a provider of the configuration, which `providers` shows everybody. */
const accepts = {
  'Mutation.unlinkProvider(id:)': 'it is looked for among the identities of the viewer',
};

/** Log-in by identity providers: `packages: [providers({ ACME: oidc({ issuer: 'https://id.acme.example' }) })]`. */
export function providers(options: ProvidersOptions): GatehousePackage {
  requireOptions(options);
  const names = Object.keys(options);
  return definePackage({
    name: 'providers',
    settings: settingsOf(names),
    checkSettings,
    migrations: {
      directory: fileURLToPath(new URL('../prisma/migrations', import.meta.url)),
      version: '0.1.0',
    },
    accepts,
    open: async (runtime: ProvidersRuntime) => openParts(runtime, options),
    domains: (parts) => [createProvidersDomain(parts, options)],
    routes: Object.fromEntries(
      names.map((name) => [name.toLowerCase().replaceAll('_', '-'), wayBackOf(name)]),
    ),
    background: { 'remove expired rows': { intervalSeconds: 3600, run: removeExpired } },
    // Who recovers an account by a new password must not leave a log-in that a thief has linked.
    notify: async (sql, { userId, action, setsPassword }) => {
      if (setsPassword && action !== 'password.changed') await removeIdentities(sql, userId);
    },
    factorKinds,
    factors: async (parts) => ({
      kinds: {
        provider: {
          beginsLogins: true,
          check: async (proof, attempt) => checkProvider(await parts(), proof, attempt),
        },
      },
      due: async () => [],
      demands: () => new Map(),
      withoutFactor: async (userIds) => new Set(userIds),
      enrolmentOpenUntil: async () => null,
    }),
  });
}
