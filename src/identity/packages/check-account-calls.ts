import { checkNames, type Shapes, type ShapesOf } from '@graphql-gatehouse/authorization/options';
import type {
  AccountChange,
  AccountEvent,
  AskedOperation,
  NewAccount,
  NewPassword,
  PackageAccounts,
  PackageWrite,
} from '../../schema/packages/package-accounts.ts';

const eventNames = { action: 'any', detail: 'any' } satisfies ShapesOf<AccountEvent>;

const writtenEventNames = { ...eventNames, subjectId: 'any' } satisfies ShapesOf<
  PackageWrite['event']
>;

const changeNames = {
  context: 'any',
  userId: 'any',
  event: 'any',
  ends: 'any',
  allowedBy: 'any',
  proof: 'any',
} satisfies ShapesOf<AccountChange>;

const proofNames = { proof: 'any', challenge: 'any' } satisfies ShapesOf<
  NonNullable<AccountChange['proof']>
>;

const askedProofNames = { ...proofNames, context: 'any' } satisfies ShapesOf<
  Parameters<PackageAccounts['prove']>[0]
>;

const newAccountNames = {
  context: 'any',
  username: 'any',
  password: 'any',
  displayName: 'any',
  email: 'any',
  groups: 'any',
  grantedBy: 'any',
  event: 'any',
  before: 'any',
  proof: 'any',
} satisfies ShapesOf<NewAccount>;

const writeNames = { context: 'any', event: 'any', grants: 'any' } satisfies ShapesOf<PackageWrite>;

const passwordNames = {
  context: 'any',
  password: 'any',
  argument: 'any',
  username: 'any',
} satisfies ShapesOf<NewPassword>;

const operationNames = {
  text: 'any',
  variables: 'any',
  grants: 'any',
  since: 'any',
} satisfies ShapesOf<AskedOperation>;

/**
 * Refuses unknown options in the calls of packages, with a TypeError: without its `proof`, a change would be made that
 * nothing allows.
 */
export const checkAccountCalls = (accounts: PackageAccounts): PackageAccounts => ({
  ...accounts,
  async change(change, work) {
    check('change', [change, changeNames], [change.event, eventNames], [change.proof, proofNames]);
    return accounts.change(change, work);
  },
  async prove(asked, work) {
    check('prove', [asked, askedProofNames]);
    return accounts.prove(asked, work);
  },
  async create(account, work) {
    const { event, proof } = account;
    check('create', [account, newAccountNames], [event, eventNames], [proof, proofNames]);
    return accounts.create(account, work);
  },
  async write(writing, work) {
    check('write', [writing, writeNames], [writing.event, writtenEventNames]);
    return accounts.write(writing, work);
  },
  async record(sql, event) {
    check('record', [event, writtenEventNames]);
    return accounts.record(sql, event);
  },
  async hashPassword(password) {
    check('hashPassword', [password, passwordNames]);
    return accounts.hashPassword(password);
  },
  async mayRun(sql, actor, operation) {
    check('mayRun', [operation, operationNames]);
    return accounts.mayRun(sql, actor, operation);
  },
});

function check(call: string, ...checked: readonly (readonly [object | undefined, Shapes])[]): void {
  for (const [options, names] of checked) checkNames(`accounts.${call}`, options, names);
}
