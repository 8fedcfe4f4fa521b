import { timingSafeEqual } from 'node:crypto';
import { hashOpaqueToken, isOpaqueToken } from '../../authentication/opaque-token.ts';
import { type Asking, commandLine, noticedFrom, originOf, system } from '../../changes/origin.ts';
import { recordEvent } from '../../changes/record-event.ts';
import type { Writing } from '../../changes/write-in-transaction.ts';
import type { DatabaseTransaction } from '../../database/connect.ts';
import type {
  AccountChange,
  AccountFacts,
  ChangingAccount,
  PackageAccounts,
  ProvingAccount,
} from '../../schema/packages/package-accounts.ts';
import type { AuthenticationTimes } from '../../values/factor.ts';
import type { AccountNotice } from '../../values/proof.ts';
import { isUuid } from '../../values/uuid.ts';
import { describeEnded, endSessionsOf } from '../sessions/end-all-sessions.store.ts';
import { endOpened } from '../sessions/end-opened.store.ts';
import { createChallenges } from '../sessions/proofs/challenge.store.ts';
import type { Proved, ProvingSession } from '../sessions/proofs/prove.store.ts';
import { proveChange } from '../sessions/proofs/prove-change.store.ts';
import { requireProofs } from '../sessions/proofs/require-proofs.ts';
import type { Notify, SessionStoreDependencies } from '../store-dependencies.ts';
import { prepareGrant } from '../users/membership.store.ts';
import { createGiveGroups } from '../users/source-groups.store.ts';
import { requireMayTakeOver } from '../users/take-over.ts';
import { changeUser, userNotFound } from '../users/user-row.store.ts';
import { accountFields, createAccountFacts } from './account-facts.store.ts';
import { createNewAccounts } from './new-account.store.ts';

export type PackageAccountStore = ReturnType<typeof createPackageAccountStore>;

export const createPackageAccountStore = (dependencies: SessionStoreDependencies) => ({
  ...createAccountFacts(dependencies),
  ...createAccountChanges(dependencies),
  create: createNewAccounts(dependencies),
  giveGroups: createGiveGroups(dependencies),
  endOpened,
});

/** A change whose proof, if it has one, was checked before. */
type StoredChange = Omit<AccountChange, 'proof'>;

type Work<Result> = (sql: DatabaseTransaction, changing: ChangingAccount) => Promise<Result>;

interface Changes extends Pick<PackageAccounts, 'write' | 'record' | 'ofChallenge'> {
  change<Result>(change: StoredChange, work: Work<Result>): Promise<Result>;
  /** The same for a change with a proof, which is spent in its transaction. */
  proveAndChange<Result>(
    change: StoredChange,
    proving: ProvingSession,
    work: Work<Result>,
  ): Promise<Proved<Result>>;
  prove<Result>(
    context: Asking,
    proving: ProvingSession,
    work: (sql: DatabaseTransaction, proving: ProvingAccount) => Promise<Result>,
  ): Promise<Proved<Result>>;
}

const termsOf = ({ context, userId }: Pick<StoredChange, 'context' | 'userId'>) => ({
  origin: context === undefined ? commandLine : originOf(context),
  changing: { kind: 'USER', id: userId } as const,
});

function createAccountChanges(dependencies: SessionStoreDependencies): Changes {
  const { write, notify, requireGrantable, groups: schemaGroups } = dependencies;
  const { findChallengedUser } = createChallenges(dependencies);
  const apply = createApplyChange(dependencies);

  return {
    change: (change, work) =>
      write(termsOf(change), (transaction, writing) =>
        apply(transaction, { ...writing, change }, work),
      ),

    proveAndChange(change, proving, work) {
      const terms = termsOf(change);
      return write(terms, (transaction, writing) =>
        proveChange(transaction, { ...writing, ...terms, proving, notify }, (proved) =>
          apply(transaction, { ...writing, change, proved }, work),
        ),
      );
    },

    prove(context, proving, work) {
      const { userId: id } = proving.proof;
      const terms = termsOf({ context, userId: id });
      return write(terms, (transaction, writing) =>
        proveChange(transaction, { ...writing, ...terms, proving, notify }, async (proved) => {
          const { at } = writing;
          const groups = await readGroups(transaction, { id, at, schemaGroups });
          return work(transaction, { at, groups, proved });
        }),
      );
    },

    write: ({ context, event, grants = [] }, work) =>
      write({ origin: originOf(context) }, async (transaction, { at, record }) => {
        await requireGrantable(originOf(context), grants);
        const result = await work(transaction, at);
        await record(event);
        return result;
      }),

    async record(sql, event) {
      await recordEvent(sql, system, { at: dependencies.now(), ...event });
    },

    async ofChallenge(challenge, { viewer, browserSession }) {
      if (!isOpaqueToken(challenge)) return undefined;
      const found = await findChallengedUser(hashOpaqueToken(challenge));
      if (found === null) return undefined;
      const { userId, sessionId, cookieHash } = found;
      if (sessionId !== null) {
        return viewer.kind === 'user' && viewer.sessionId === sessionId ? userId : undefined;
      }
      if (cookieHash === null) return userId;
      const cookie = browserSession.challenge();
      const isOwn = cookie !== undefined && timingSafeEqual(hashOpaqueToken(cookie), cookieHash);
      return isOwn ? userId : undefined;
    },
  };
}

interface Applied extends Writing {
  readonly change: StoredChange;
  readonly proved?: AuthenticationTimes;
}

/** Creates the function that makes a change in its transaction. @throws {NotFoundError} @throws the error of the work. */
function createApplyChange(dependencies: SessionStoreDependencies) {
  const { notify, requireGrantable, groups: schemaGroups, factors } = dependencies;
  const endSessions = createEndSessions(dependencies);
  return async <Result>(
    transaction: DatabaseTransaction,
    { change, proved, ...writing }: Applied,
    work: Work<Result>,
  ): Promise<Result> => {
    const { context, userId, event, ends, allowedBy = 'viewer' } = change;
    const { origin, changing } = termsOf(change);
    const { at, record } = writing;
    const viewer = context?.rights.viewer();
    const account = await readAccount(transaction, userId);
    const { id } = account;
    if (allowedBy === 'viewer') {
      await requireMayTakeOver(transaction, { origin, account: changing, at, requireGrantable });
    }
    const { writes, noticed } = createAccountWrites(transaction, account, {
      ...writing,
      schemaGroups,
      notify,
    });
    const times = proved ?? (viewer?.kind === 'user' ? viewer.authenticatedAt : undefined) ?? {};
    const result = await work(transaction, {
      at,
      account,
      groups: await readGroups(transaction, { id, at, schemaGroups }),
      ...(proved === undefined ? {} : { proved }),
      requireProofs(kinds) {
        // A command on the machine has no session, and passes.
        if (viewer !== undefined) requireProofs({ times, kindsOf: factors.kindsOf }, kinds, at);
      },
      ...writes,
    });
    const sessionId = viewer?.kind === 'user' ? viewer.sessionId : undefined;
    const ended = await endSessions(transaction, { userId: id, ends, sessionId, at });
    const detail = [event.detail, ended].filter((text) => text !== undefined).join('; ');
    const { action } = event;
    await record({ action, subjectId: id, ...(detail === '' ? {} : { detail }) });
    await notify(transaction, { userId: id, ...noticedFrom(origin), action, at, ...noticed() });
    return result;
  };
}

/** @throws {NotFoundError} */
async function readAccount(transaction: DatabaseTransaction, id: string): Promise<AccountFacts> {
  const found = isUuid(id)
    ? await transaction.user.findUnique({ where: { id }, select: accountFields })
    : null;
  if (found === null) throw userNotFound('userId');
  return found;
}

/** Returns the groups that a user holds, and when the first of them was granted that gives it. */
async function readGroups(
  transaction: DatabaseTransaction,
  { id, at, schemaGroups }: Pick<AccountWriting, 'at' | 'schemaGroups'> & { readonly id: string },
): Promise<ReadonlyMap<string, Date>> {
  const memberships = await transaction.membership.findMany({
    where: { userId: id, OR: [{ expiresAt: null }, { expiresAt: { gt: at } }] },
    orderBy: { grantedAt: 'desc' },
    select: { group: true, grantedAt: true },
  });
  // The oldest membership that gives a group comes last, and counts.
  return new Map(
    memberships.flatMap(({ group, grantedAt }) =>
      schemaGroups.inEffect([group]).map((each) => [each, grantedAt] as const),
    ),
  );
}

interface AccountWriting extends Writing {
  readonly schemaGroups: SessionStoreDependencies['groups'];
  readonly notify: Notify;
}

interface AccountWrites {
  readonly writes: Pick<ChangingAccount, 'setPassword' | 'setEmail' | 'grant'>;
  /** Returns what a notice says of the writes so far. */
  noticed(): Pick<AccountNotice, 'emailBefore' | 'setsPassword'>;
}

/** Creates the functions that write to an account which the transaction has locked. */
function createAccountWrites(
  transaction: DatabaseTransaction,
  { id, email: emailBefore }: AccountFacts,
  { at, record, notify, schemaGroups }: AccountWriting,
): AccountWrites {
  let noticed: Pick<AccountNotice, 'emailBefore' | 'setsPassword'> = {};
  return {
    noticed: () => noticed,
    writes: {
      async setPassword(passwordHash) {
        await changeUser(transaction, id, { passwordHash, passwordVersion: { increment: 1 } });
        noticed = { ...noticed, setsPassword: true };
      },
      async setEmail(email) {
        await changeUser(transaction, id, { email });
        if (email !== emailBefore) noticed = { ...noticed, emailBefore };
      },
      async grant(names, { kind, id: actorId }) {
        schemaGroups.requireAll(names, 'groups');
        const action = 'membership.granted';
        const granted = { grantedAt: at, grantedById: kind === 'USER' ? actorId : null };
        for (const group of new Set(names)) {
          const membership = { userId: id, group, ...granted, expiresAt: null };
          const { isPermanent, change } = await prepareGrant(transaction, membership);
          if (isPermanent) continue;
          await change();
          await record({ action, subjectId: id, detail: group });
          await notify(transaction, { userId: id, actor: kind, actorId, action, at });
        }
      },
    },
  };
}

interface Ending extends Pick<AccountChange, 'userId' | 'ends'> {
  /** The session that asks. */
  readonly sessionId: string | undefined;
  readonly at: Date;
}

/** Creates the function that ends sessions and pending logins of a user, and describes how many. */
const createEndSessions =
  ({ maxSessionsPerUser, sessionIdleSeconds }: SessionStoreDependencies) =>
  async (
    transaction: DatabaseTransaction,
    { userId, ends, sessionId, at }: Ending,
  ): Promise<string | undefined> => {
    if (ends === 'none') return undefined;
    const except = ends === 'others' ? (sessionId ?? null) : null;
    const limits = { maxSessionsPerUser, sessionIdleSeconds, at };
    const ended = await endSessionsOf(transaction, { userId, except }, limits);
    await transaction.loginChallenge.deleteMany({ where: { userId } });
    if (except !== null) {
      const data = { epoch: ended.epoch };
      await transaction.session.updateMany({ where: { id: except, userId }, data });
    }
    return describeEnded(ended);
  };
