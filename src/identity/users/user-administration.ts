import { createPasswordOf } from '../../authentication/generated-password.ts';
import { checkPassword } from '../../authentication/password-policy.ts';
import { toUsernameKey } from '../../authentication/username.ts';
import type { Origin } from '../../changes/origin.ts';
import type { ReadPage } from '../../context/read-page.ts';
import { parseOrder } from '../../context/row-order.ts';
import { NotFoundError } from '../../errors.ts';
import type { Group } from '../../values/groups.ts';
import type { PageArguments } from '../../values/page.ts';
import { isUuid } from '../../values/uuid.ts';
import type { CreateUserInput } from '../generated/resolver-types.ts';
import { toIdPage } from '../id-page.ts';
import type { Stores } from '../stores.ts';
import { parseSearch } from './user.input.ts';
import type { UserRecord, UserWithGroups } from './user.records.ts';
import { type AccountParts, createUser, resetPassword } from './user-accounts.ts';

export interface UserAdministrationDependencies extends AccountParts {
  readonly readPage: ReadPage;
  readonly stores: Pick<Stores, 'users' | 'memberships'>;
  readonly origin: Origin;
}

/** A user with a generated password, which is shown only once and never stored. */
export interface UserWithPassword {
  readonly user: UserWithGroups;
  readonly generatedPassword: string | undefined;
}

/** The user to create. Without a password, a random one is generated. */
export type UserToCreate = Omit<CreateUserInput, 'password'> & {
  readonly password: string | undefined;
};

export interface UserQuery extends PageArguments {
  readonly search?: string | undefined;
  readonly includesDisabled: boolean;
}

/** A membership to grant. `expiresAt` null: it never expires. */
export interface GrantRequest {
  readonly user: string;
  readonly group: Group;
  readonly expiresAt: Date | null;
}

/**
 * Creates the operations on users for the command line. They use the same checks, stores and audit log as the API. A
 * user is named by username or id.
 *
 * @throws {BadUserInputError | NotFoundError | ConflictError} as the API's fields of the same names.
 */
export function createUserAdministration(dependencies: UserAdministrationDependencies) {
  const { stores, origin } = dependencies;
  const { users, memberships } = stores;
  const idOf = async (user: string): Promise<string> => (await requireUser(dependencies, user)).id;
  const withGroups = (user: UserRecord) => addGroupsOf(dependencies, user);

  return {
    create: (user: UserToCreate) => createUserBy(dependencies, user),

    resetPassword: (name: string, password: string | undefined) =>
      resetPasswordOf(dependencies, name, password),

    disable: async (name: string) => withGroups(await users.disable(await idOf(name), origin)),

    enable: async (name: string) => withGroups(await users.enable(await idOf(name), origin)),

    /** Returns the id of the deleted user. */
    delete: async (name: string) => users.delete(await idOf(name), origin),

    grant: async ({ user, group, expiresAt }: GrantRequest) =>
      withGroups(await memberships.grant({ userId: await idOf(user), group, expiresAt }, origin)),

    revoke: async (name: string, group: Group) =>
      withGroups(await memberships.revoke(await idOf(name), group, origin)),

    /** `isComplete` is false if users that match the search can be missing: see `UserConnection.isComplete`. */
    async list({ search, includesDisabled, ...args }: UserQuery) {
      const filter = {
        search: parseSearch(search),
        includesEmail: false,
        state: includesDisabled ? 'any' : 'enabled',
      } as const;
      const asked = { list: 'command users', order: parseOrder(), args };
      let isComplete = true;
      const page = await dependencies.readPage(asked, async (request) => {
        const found = await users.page(toIdPage(request), filter);
        ({ isComplete } = found);
        return found.users;
      });
      return { ...page, isComplete };
    },

    /** @throws {NotFoundError} */
    find: (name: string): Promise<UserRecord> => requireUser(dependencies, name),
  };
}

async function createUserBy(
  dependencies: UserAdministrationDependencies,
  { password: chosen, ...input }: UserToCreate,
): Promise<UserWithPassword> {
  const { password, generatedPassword } = choosePassword(dependencies, input.username, chosen);
  const created = await createUser(dependencies, { ...input, password }, dependencies.origin);
  return { user: await addGroupsOf(dependencies, created), generatedPassword };
}

async function resetPasswordOf(
  dependencies: UserAdministrationDependencies,
  name: string,
  chosen: string | undefined,
): Promise<UserWithPassword> {
  const user = await requireUser(dependencies, name);
  const { password, generatedPassword } = choosePassword(dependencies, user.username, chosen);
  const reset = { user, newPassword: password };
  const changed = await resetPassword(dependencies, reset, dependencies.origin);
  return { user: await addGroupsOf(dependencies, changed), generatedPassword };
}

/** Returns the given password, or a generated one. */
function choosePassword(
  dependencies: UserAdministrationDependencies,
  username: string,
  chosen: string | undefined,
): { readonly password: string; readonly generatedPassword: string | undefined } {
  if (chosen !== undefined) return { password: chosen, generatedPassword: undefined };
  const password = createGoodPassword(dependencies, username);
  return { password, generatedPassword: password };
}

async function requireUser(
  { stores: { users } }: Pick<UserAdministrationDependencies, 'stores'>,
  name: string,
): Promise<UserRecord> {
  const [byId] = isUuid(name) ? await users.findByIds([name]) : [];
  const user = byId ?? (await users.findByUsername(toUsernameKey(name)));
  if (user === null) {
    throw new NotFoundError('user', 'No user has this username or id.');
  }
  return user;
}

/** The dependencies of reading the groups of users. */
type Listing = Pick<UserAdministrationDependencies, 'stores' | 'services'>;

async function addGroupsOf(
  { stores: { memberships }, services }: Listing,
  user: UserRecord,
): Promise<UserWithGroups> {
  const active = await memberships.findActiveOf([user.id]);
  const { groups } = services.newUserRules;
  return { ...user, groups: groups.inEffect(active.map(({ group }) => group)) };
}

/** Generates passwords until one does not contain the username, which a short name can by chance. */
function createGoodPassword(
  { services }: UserAdministrationDependencies,
  username: string,
): string {
  const rules = services.newUserRules.passwords;
  for (;;) {
    const password = createPasswordOf(rules.minLength);
    if (checkPassword(password, { ...rules, username }) === undefined) return password;
  }
}
