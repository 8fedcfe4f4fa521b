import { BadUserInputError } from '../errors.ts';
import { system, turnKeyOf } from './audit/origin.ts';
import type { Group } from './generated/resolver-types.ts';
import type { Stores } from './modules.ts';
import type { Services } from './services.ts';
import { parseNewUser } from './user/user.input.ts';

export interface DemoDataOptions {
  readonly stores: Pick<Stores, 'users' | 'rooms'>;
  readonly services: Pick<Services, 'passwords' | 'minPasswordLength'>;
  readonly createPassword: (minLength: number) => string;
}

/** A user to try the API with. `password` is absent for one that an earlier run has made. */
export interface DemoUser {
  readonly username: string;
  readonly group: Group;
  readonly password: string | undefined;
}

const groups: readonly Group[] = ['ADMIN', 'AUDITOR', 'MANAGER', 'STAFF'];

const rooms: readonly { name: string; floor: number; groups: Group[]; accessCode: string }[] = [
  { name: 'Lobby', floor: 0, groups: ['ADMIN', 'AUDITOR', 'MANAGER', 'STAFF'], accessCode: '1000' },
  { name: 'Archive', floor: -1, groups: ['AUDITOR', 'MANAGER'], accessCode: '2417' },
  { name: 'Server room', floor: 2, groups: ['ADMIN'], accessCode: '9034' },
];

/** Adds one user for each group and, when there is no room yet, a few rooms. Run again, it adds none. */
export async function addDemoData(options: DemoDataOptions): Promise<readonly DemoUser[]> {
  const users: DemoUser[] = [];
  for (const group of groups) users.push(await addUser(options, group));
  const existing = await options.stores.rooms.page({ limit: 1, afterId: undefined });
  if (existing.length === 0) {
    for (const room of rooms) await options.stores.rooms.create(room, system);
  }
  return users;
}

async function addUser(
  { stores, services, createPassword }: DemoDataOptions,
  group: Group,
): Promise<DemoUser> {
  const username = `demo-${group.toLowerCase()}`;
  const { minPasswordLength } = services;
  const input = { username, password: createPassword(minPasswordLength), groups: [group] };
  const { password, ...user } = parseNewUser(input, minPasswordLength);
  const passwordHash = await services.passwords.hash(password, turnKeyOf(system));
  try {
    await stores.users.create({ ...user, passwordHash }, system);
    return { username, group, password };
  } catch (error) {
    if (error instanceof BadUserInputError && error.argument === 'input.username') {
      return { username, group, password: undefined };
    }
    throw error;
  }
}
