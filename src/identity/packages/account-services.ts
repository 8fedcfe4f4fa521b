import { toSiteKey } from '../../authentication/address-key.ts';
import type { Passwords } from '../../authentication/password.ts';
import { type Asking, hashQueueKeyOf, originOf } from '../../changes/origin.ts';
import type { DecideFor } from '../../schema/packages/decide-for.ts';
import type { NewAccount, PackageAccounts } from '../../schema/packages/package-accounts.ts';
import { grantText } from '../../schema/packages/require-grantable.ts';
import {
  type NewUserRules,
  parseNewPassword,
  parseNewUser,
  requireEmail,
} from '../users/user.input.ts';
import type { PackageAccountStore } from './package-accounts.store.ts';

export interface PackageAccountsOptions {
  readonly store: PackageAccountStore;
  readonly passwords: () => Promise<Pick<Passwords, 'hash'>>;
  readonly newUserRules: NewUserRules;
  readonly decideFor: DecideFor;
}

/** Creates what packages may do with accounts. */
export function createPackageAccounts({
  store: { lockGroups, create, ...store },
  passwords,
  newUserRules,
  decideFor,
}: PackageAccountsOptions): PackageAccounts {
  const hash = async (password: string, context: Asking): Promise<string> =>
    (await passwords()).hash(password, queueKeyOf(context));
  return {
    ...store,
    async create({ context, grantedBy, event, before, ...given }, work) {
      const { password, ...user } = parseNewUser(toInput(given), newUserRules, '');
      const passwordHash = await hash(password, context);
      const optional = {
        ...(grantedBy === undefined ? {} : { grantedBy }),
        ...(before === undefined ? {} : { before }),
      };
      return create({ ...user, ...optional, passwordHash, context, event }, work);
    },
    hashPassword({ context, password, argument, username }) {
      const rules = { ...newUserRules.passwords, username };
      return hash(parseNewPassword(password, rules, argument), context);
    },
    parseEmail: requireEmail,
    async mayRun(sql, actor, { since, grants = [], ...operation }) {
      const groups = await lockGroups(sql, actor, since);
      if (groups === undefined) return false;
      for (const each of [
        operation,
        ...grants.map((group) => ({ text: grantText, variables: { group } })),
      ]) {
        if (!(await decideFor({ ...actor, groups }, each))) return false;
      }
      return true;
    },
  };
}

const toInput = ({
  username,
  password,
  displayName = null,
  email,
  groups,
}: Omit<NewAccount, 'context' | 'event' | 'grantedBy' | 'before'>) => ({
  username,
  password,
  displayName,
  email,
  groups,
});

/** Anonymous viewers of one site wait for each other. */
const queueKeyOf = (context: Asking): string =>
  context.rights.viewer().isAuthenticated || context.client.ip === undefined
    ? hashQueueKeyOf(originOf(context))
    : toSiteKey(context.client.ip);
