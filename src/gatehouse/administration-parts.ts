import { randomBytes } from 'node:crypto';
import { createPasswordOf } from '../authentication/generated-password.ts';
import { type Administration, createAdministration } from '../identity/administration.ts';
import { createApiClientIssuer } from '../identity/api-clients/api-client-issuer.ts';
import { createHashing } from './credential-parts.ts';
import { type AppOptions, groupsOf, storesOf } from './parts.ts';

/** Builds what the commands for operators work with: no keys, no server. */
export async function createAdministrationParts(options: AppOptions): Promise<Administration> {
  const { config, connection, project, now = () => new Date() } = options;
  const { minPasswordLength } = config;
  const groups = groupsOf(project);
  const stores = storesOf(options, groups);
  const { apiClients } = stores;
  const { passwords } = await createHashing({ config, connection, now });
  return createAdministration({
    stores,
    services: {
      passwords,
      newUserRules: {
        minPasswordLength,
        groups,
        newUserGroups: project.config.newUserGroups ?? [],
      },
      apiClientIssuer: createApiClientIssuer({ apiClients, now, randomBytes }),
    },
    createPassword: createPasswordOf,
  });
}
