import { toSiteKey } from '../../authentication/address-key.ts';
import { createPasswordOf } from '../../authentication/generated-password.ts';
import type { Passwords } from '../../authentication/password.ts';
import { userOf } from '../../authentication/viewer.ts';
import { type Asking, hashQueueKeyOf, originOf } from '../../changes/origin.ts';
import type { DecideFor } from '../../schema/packages/decide-for.ts';
import type {
  NewAccount,
  PackageAccounts,
  SentProof,
} from '../../schema/packages/package-accounts.ts';
import { grantText } from '../../schema/packages/require-grantable.ts';
import type { Services } from '../services.ts';
import type { SessionProof } from '../sessions/proofs/prove-in-session.ts';
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
  /** Made later: what log-ins ask for comes from packages, which get the accounts before. */
  readonly sessionServices: () => Promise<Pick<Services, 'proveInSession' | 'checkNewProof'>>;
  readonly newUserRules: NewUserRules;
  readonly decideFor: DecideFor;
}

/** Creates what packages may do with accounts. */
export function createPackageAccounts({
  store: { lockGroups, create, change, proveAndChange, prove, ...store },
  passwords,
  sessionServices,
  newUserRules,
  decideFor,
}: PackageAccountsOptions): PackageAccounts {
  const hash = async (password: string, context: Asking): Promise<string> =>
    (await passwords()).hash(password, queueKeyOf(context));
  const checkNewProof = async ({ client }: Asking, { proof, challenge }: SentProof) =>
    (await sessionServices()).checkNewProof(proof, { client, challenge: challenge ?? undefined });
  const { groups, newUserGroups, passwords: rules } = newUserRules;
  return {
    ...store,
    defaults: {
      groups: groups.inSchemaOrder(newUserGroups),
      passwordMinLength: rules.minLength,
    },
    async change({ proof: sent, ...changed }, work) {
      if (sent === undefined) return change(changed, work);
      const { context } = changed;
      if (context === undefined)
        throw new TypeError('A command has no session that could confirm factors.');
      const session = toSessionProof(context, sent);
      if (session.viewer.userId !== changed.userId) {
        throw new TypeError('A proof is for the account of its viewer.');
      }
      const { proveInSession: pass } = await sessionServices();
      return pass(session, (proving) => proveAndChange(changed, proving, work));
    },
    async prove({ context, ...sent }, work) {
      const { proveInSession: pass } = await sessionServices();
      return pass(toSessionProof(context, sent), (proving) => prove(context, proving, work));
    },
    async create({ context, grantedBy, event, before, proof: sent, ...account }, work) {
      const input = {
        ...toInput(account),
        password: account.password ?? createPasswordOf(rules.minLength),
      };
      const { password, ...user } = parseNewUser(input, newUserRules, '');
      const give = sent && (await checkNewProof(context, sent));
      const passwordHash = await hash(password, context);
      const optional = {
        ...(grantedBy === undefined ? {} : { grantedBy }),
        ...(before === undefined ? {} : { before }),
      };
      return create(
        { ...user, ...optional, passwordHash, context, event },
        async (sql, created) => {
          await give?.(sql, { userId: created.id, at: created.at });
          return work(sql, created);
        },
      );
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

const toSessionProof = (
  { rights, client }: Asking,
  { proof, challenge }: SentProof,
): SessionProof => ({
  viewer: userOf(rights.viewer()),
  rights,
  client,
  proof,
  challenge: challenge ?? undefined,
  purpose: 'CHANGE',
});

const toInput = ({
  username,
  displayName = null,
  email,
  groups,
}: Omit<NewAccount, 'context' | 'event' | 'grantedBy' | 'before' | 'password' | 'proof'>) => ({
  username,
  displayName,
  email,
  groups,
});

/** Anonymous viewers of one site wait for each other. */
const queueKeyOf = (context: Asking): string =>
  context.rights.viewer().isAuthenticated || context.client.ip === undefined
    ? hashQueueKeyOf(originOf(context))
    : toSiteKey(context.client.ip);
