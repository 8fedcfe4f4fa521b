import { fileURLToPath } from 'node:url';
import type { GatehousePackage } from 'graphql-gatehouse';
import { definePackage } from 'graphql-gatehouse/package';
import { createFactorsDomain } from './account/domain.ts';
import { commands } from './commands/commands.ts';
import { removeExpired } from './database/remove-expired.ts';
import { noteAccount } from './duties/notice.ts';
import { checkKeyUse } from './keys/check-key-use.ts';
import { factorKinds } from './kinds.ts';
import type { FactorsOptions } from './options.ts';
import { openFactors } from './parts.ts';
import { createRules } from './proofs/rules.ts';
import { checkSettings, type FactorsRuntime, type FactorsSettings, settings } from './settings.ts';

/** Resolvers look for factors of the viewer alone, and only an ADMIN names other users, who are no secret to it. */
const accepts = {
  'Mutation.renameFactor(id:)': 'it is looked for among the factors of the viewer',
  'Mutation.removeFactor(id:)': 'it is looked for among the factors of the viewer',
  'Mutation.resetFactors(userId:)': 'an ADMIN sees all users',
  'Mutation.openEnrolment(userId:)': 'an ADMIN sees all users',
};

export type { FactorsOptions } from './options.ts';

/** Second factors: authenticator apps, recovery codes and passkeys: `packages: [factors({ groups: { ADMIN: 2 } })]`. */
export function factors(given: FactorsOptions = {}): GatehousePackage<FactorsSettings> {
  const { groups = {}, graceDays = 14 } = given;
  requireOptions({ groups, graceDays });
  return definePackage({
    name: 'factors',
    options: { given, known },
    settings,
    checkSettings,
    migrations: {
      directory: fileURLToPath(new URL('../prisma/migrations', import.meta.url)),
      version: '0.1.0',
    },
    accepts,
    groupFactors: groups,
    open: (runtime: FactorsRuntime) => openFactors(runtime, { groups, graceDays }),
    domains: (parts) => [createFactorsDomain(parts)],
    commands,
    background: { 'remove expired rows': { intervalSeconds: 3600, run: removeExpired } },
    checkTables: checkKeyUse,
    notify: noteAccount,
    factorKinds,
    factors: async (parts) => createRules(parts),
  });
}

const known: Readonly<Record<keyof FactorsOptions, true>> = { groups: true, graceDays: true };

/** Mistakes in the configuration, which types do not find in JavaScript. */
function requireOptions({ groups, graceDays }: Required<FactorsOptions>): void {
  const wrong = Object.entries(groups).find(([, count]) => count !== 1 && count !== 2);
  if (wrong !== undefined) throw new TypeError(`factors: groups.${wrong[0]} must be 1 or 2.`);
  if (!Number.isInteger(graceDays) || graceDays < 0) {
    throw new TypeError('factors: graceDays must be a whole number of days, at least 0.');
  }
}
