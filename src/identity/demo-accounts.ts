import { createPasswordOf } from '../authentication/generated-password.ts';
import { hashQueueKeyOf, system } from '../changes/origin.ts';
import { BadUserInputError } from '../errors.ts';
import type { Group } from '../values/groups.ts';
import { parseApiClient } from './api-clients/api-client.input.ts';
import type { Services } from './services.ts';
import type { Stores } from './stores.ts';
import { parseNewUser } from './users/user.input.ts';
import type { AccountParts } from './users/user-accounts.ts';

interface DemoParts extends AccountParts {
  readonly stores: Pick<Stores, 'users' | 'apiClients'>;
  readonly services: Pick<Services, 'passwords' | 'newUserRules' | 'apiClientIssuer'>;
}

/**
 * Adds one user for each group, and an API client with the groups of new users. Existing ones are kept: then the password
 * or the secret is undefined.
 */
export async function addDemoAccounts(options: DemoParts) {
  const users: Awaited<ReturnType<typeof addUser>>[] = [];
  const { groups } = options.services.newUserRules;
  for (const group of groups.names) users.push(await addUser(options, group));
  return { users, apiClient: await addApiClient(options) };
}

const apiClientName = 'demo-program';

async function addApiClient({ stores, services }: DemoParts) {
  const { groups, newUserGroups } = services.newUserRules;
  const existing = (await stores.apiClients.findAll()).find(({ name }) => name === apiClientName);
  if (existing) return { name: apiClientName, groups: existing.groups, secret: undefined };
  // Where new users are in no group, the last one of the schema is the least risky.
  const chosen = newUserGroups.length > 0 ? newUserGroups : groups.names.slice(-1);
  const description = parseApiClient({ name: apiClientName, groups: chosen }, groups);
  const { client, secret } = await services.apiClientIssuer.create(description, system);
  return { name: client.name, groups: client.groups, secret };
}

async function addUser({ stores, services }: AccountParts, group: Group) {
  const username = `demo-${group.toLowerCase()}`;
  const { passwords } = services.newUserRules;
  const input = { username, password: createPasswordOf(passwords.minLength), groups: [group] };
  const { password, ...user } = parseNewUser(input, services.newUserRules);
  const passwordHash = await services.passwords.hash(password, hashQueueKeyOf(system));
  try {
    await stores.users.create({ ...user, passwordHash }, system);
    return { username, group, password };
  } catch (error) {
    if (error instanceof BadUserInputError && error.facts.argument === 'input.username') {
      return { username, group, password: undefined };
    }
    throw error;
  }
}
