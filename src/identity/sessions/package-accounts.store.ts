import { timingSafeEqual } from 'node:crypto';
import { hashOpaqueToken, isOpaqueToken } from '../../authentication/opaque-token.ts';
import { commandLine, noticedFrom, originOf } from '../../changes/origin.ts';
import type { DatabaseTransaction } from '../../database/connect.ts';
import type { AccountChange, PackageAccounts } from '../../schema/packages/package-accounts.ts';
import type { SessionStoreDependencies } from '../store-dependencies.ts';
import { requireUser } from '../users/user-row.store.ts';
import { describeEnded, endSessionsOf } from './end-all-sessions.store.ts';
import { createChallenges } from './proofs/challenge.store.ts';
import { requireProofs } from './proofs/require-proofs.ts';

/** Creates what packages may do with accounts. */
export function createPackageAccounts(dependencies: SessionStoreDependencies): PackageAccounts {
  const { write, notify, groups: schemaGroups } = dependencies;
  const { findChallengedUser } = createChallenges(dependencies);
  const endSessions = createEndSessions(dependencies);

  return {
    change({ context, userId, event, ends }, work) {
      const origin = context === undefined ? commandLine : originOf(context);
      const viewer = context?.rights.viewer();
      const changing = { kind: 'USER', id: userId } as const;
      return write({ origin, changing }, async (transaction, { at, record }) => {
        const { id } = await requireUser(transaction, userId, 'userId');
        const memberships = await transaction.membership.findMany({
          where: { userId: id, OR: [{ expiresAt: null }, { expiresAt: { gt: at } }] },
          orderBy: { grantedAt: 'desc' },
          select: { group: true, grantedAt: true },
        });
        // The oldest membership that gives a group comes last, and counts.
        const groups: ReadonlyMap<string, Date> = new Map(
          memberships.flatMap(({ group, grantedAt }) =>
            schemaGroups.inEffect([group]).map((each) => [each, grantedAt] as const),
          ),
        );
        const result = await work(transaction, {
          at,
          groups,
          requireProofs: (kinds) => requireProofs(viewer, kinds, at),
        });
        const sessionId = viewer?.kind === 'user' ? viewer.sessionId : undefined;
        const ended = await endSessions(transaction, { userId: id, ends, sessionId, at });
        const detail = [event.detail, ended].filter((text) => text !== undefined).join('; ');
        const { action } = event;
        await record({ action, subjectId: id, ...(detail === '' ? {} : { detail }) });
        await notify(transaction, { userId: id, ...noticedFrom(origin), action, at });
        return result;
      });
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
