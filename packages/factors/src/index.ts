import { fileURLToPath } from 'node:url';
import type { GatehousePackage } from 'gatehouse';
import { createFactorsDomain } from './account/domain.ts';
import { noteCredentials } from './duties/notice.ts';
import type { FactorsOptions } from './options.ts';
import { createPartsOf } from './parts.ts';
import { createRules } from './proofs/rules.ts';
import { checkSettings, type FactorsSettings, settings } from './settings.ts';

export type { FactorsOptions } from './options.ts';

/** Second factors: authenticator apps, recovery codes and passkeys: `packages: [factors({ groups: { ADMIN: 2 } })]`. */
export function factors({
  groups = {},
  graceDays = 14,
}: FactorsOptions = {}): GatehousePackage<FactorsSettings> {
  const partsOf = createPartsOf({ groups, graceDays });
  return {
    name: 'factors',
    settings,
    checkSettings,
    migrations: {
      directory: fileURLToPath(new URL('../prisma/migrations', import.meta.url)),
      version: '0.1.0',
    },
    domains: (runtime) => [createFactorsDomain({ runtime, partsOf })],
    notify: noteCredentials,
    factors: async (runtime) => createRules(runtime, partsOf),
  };
}
