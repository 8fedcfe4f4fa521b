import { createPasswordOf } from '../authentication/generated-password.ts';
import { hashQueueKeyOf, system } from '../changes/origin.ts';
import { BadUserInputError } from '../errors.ts';
import type { Group } from '../values/groups.ts';
import { parseNewUser } from './users/user.input.ts';
import type { AccountParts } from './users/user-accounts.ts';

/** A sample user. `password` is absent for one that already existed. */
export interface DemoUser {
  readonly username: string;
  readonly group: Group;
  readonly password: string | undefined;
}

/** Adds one user for each group. Existing ones are kept. */
export async function addDemoUsers(options: AccountParts): Promise<readonly DemoUser[]> {
  const users: DemoUser[] = [];
  const { groups } = options.services.newUserRules;
  for (const group of groups.names) users.push(await addUser(options, group));
  return users;
}

async function addUser({ stores, services }: AccountParts, group: Group): Promise<DemoUser> {
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
