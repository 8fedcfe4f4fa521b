import { fileURLToPath } from 'node:url';
import type { GatehousePackage } from 'graphql-gatehouse';
import { definePackage } from 'graphql-gatehouse/package';
import { enrolProvider } from './account/sign-up.ts';
import { matrixNotesOf, proofFactsOf } from './confirms.ts';
import { removeExpired } from './database/remove-expired.ts';
import { createCheckProviders } from './doctor.ts';
import { createProvidersDomain } from './domain.ts';
import { takeGroups } from './groups/give-groups.ts';
import { groupMapsOf, requireMappedGroups } from './groups/mapped-groups.ts';
import { removeIdentities } from './identities/identity.store.ts';
import { factorKinds } from './kinds.ts';
import { checkProvider } from './login/proof.ts';
import { wayBackOf } from './login/way-back.ts';
import { backChannelOf } from './logout/back-channel.ts';
import { type ProvidersOptions, requireOptions } from './options.ts';
import { openParts } from './parts.ts';
import { checkSettings, type ProvidersRuntime, settingsOf } from './settings.ts';

/** Who begins a log-in names a provider of the configuration, which `providers` shows everybody. */
const accepts = {
  'Mutation.unlinkProvider(id:)': 'it is looked for among the identities of the viewer',
  'Mutation.setIdentityDisabled(id:)': 'its group may disable the identities of all users',
};

const routeName = (provider: string): string => provider.toLowerCase().replaceAll('_', '-');

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
      names.flatMap((name) => [
        [routeName(name), wayBackOf(name)],
        [`${routeName(name)}-logout`, backChannelOf(name)],
      ]),
    ),
    background: { 'remove expired rows': { intervalSeconds: 3600, run: removeExpired } },
    // Who recovers an account by a new password must not leave a log-in that a thief has linked.
    notify: async (sql, { userId, action, setsPassword, at }, runtime) => {
      if (!setsPassword || action === 'password.changed') return;
      for (const provider of await removeIdentities(sql, userId)) {
        await takeGroups(runtime, sql, { userId, provider, at });
      }
    },
    ...groupMapsOf(options),
    doctor: createCheckProviders(options),
    factorKinds,
    proofFacts: proofFactsOf(options),
    matrixNotes: matrixNotesOf(options),
    factors: async (parts) => ({
      prepare: async () => requireMappedGroups(options, (await parts()).groups()),
      kinds: {
        provider: {
          beginsLogins: true,
          check: async (proof, attempt) => checkProvider(await parts(), proof, attempt),
          enrol: async (proof, attempt) => enrolProvider(await parts(), proof, attempt),
        },
      },
      due: async () => [],
      demands: () => new Map(),
      withoutFactor: async (userIds) => new Set(userIds),
      enrolmentOpenUntil: async () => null,
    }),
  });
}
