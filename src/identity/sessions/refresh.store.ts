import {
  createSuccessor,
  decideRefresh,
  findAge,
  type NextRefresh,
  type RefreshDecision,
  type RefreshToken,
} from '../../authentication/refresh-token.ts';
import type { Actor } from '../../changes/origin.ts';
import type { Database, DatabaseTransaction } from '../../database/connect.ts';
import type { SessionStoreDependencies } from '../store-dependencies.ts';
import { endSession } from './end-sessions.store.ts';
import { readLiveSession } from './live-session.store.ts';
import {
  endOf,
  type LiveSession,
  type RefreshColumns,
  type SessionRecord,
  storedRefreshOf,
} from './session.records.ts';

interface RefreshUse {
  readonly token: RefreshToken;
  readonly ip: string;
  /** How long the token used last may be repeated, in seconds. */
  readonly graceSeconds: number;
  /** A secure source. */
  readonly randomBytes: (size: number) => Uint8Array;
}

/** The session and its next refresh token, or why the token is refused. */
type RefreshOutcome =
  | { readonly outcome: 'refreshed'; readonly session: LiveSession; readonly next: RefreshToken }
  | Exclude<RefreshDecision, { outcome: 'rotate' } | { outcome: 'repeat' }>;

export type UseRefreshToken = (use: RefreshUse) => Promise<RefreshOutcome>;

/**
 * Creates the function that uses a refresh token: it rotates the token, repeats its successor, or ends the session of
 * a reused token. All three are committed.
 *
 * The state of a token is read without a lock; only a change locks it. When another request rotates the token first,
 * nothing is changed, and the state is read again.
 */
export function createUseRefreshToken(dependencies: SessionStoreDependencies): UseRefreshToken {
  const { database } = dependencies;

  async function attempt(use: RefreshUse): Promise<RefreshOutcome | 'late'> {
    const at = dependencies.now();
    const moment = { at, sessionIdleSeconds: dependencies.sessionIdleSeconds };
    const found = await findToken(database, use.token);
    if (found === null) return { outcome: 'unknown' };
    const { age, session } = found;
    const { isEnded, lastUsedAt: refreshedAt } = session;
    const expiresAt = endOf(session, moment.sessionIdleSeconds);
    const presented = { age, session: { isEnded, expiresAt, refreshedAt } };
    const decision = decideRefresh(presented, { now: at, graceSeconds: use.graceSeconds });
    const goOn = async (next: RefreshToken, lastUsedAt: Date): Promise<RefreshOutcome> => {
      const live = await readLiveSession(database, { ...session, lastUsedAt }, moment);
      return live === null ? { outcome: 'ended' } : { outcome: 'refreshed', session: live, next };
    };

    if (decision.outcome === 'rotate') {
      const next = await rotate(dependencies, session, { ...use, at });
      return next === null ? 'late' : goOn(next, at);
    }
    if (decision.outcome === 'repeat') return goOn(decision.successor, session.lastUsedAt);
    if (decision.outcome === 'reuse') await endForReuse(dependencies, session, { ...use, at });
    return decision;
  }

  return async (use) => {
    const first = await attempt(use);
    if (first !== 'late') return first;
    // The token cannot be available again: it was used, its chain was replaced, or its session has ended.
    const second = await attempt(use);
    if (second === 'late') throw new Error('A refresh token could not be rotated twice.');
    return second;
  };
}

type Session = Pick<SessionRecord, 'id' | 'userId' | 'lastUsedAt' | 'expiresAt'>;

/**
 * Finds the session of a token, and which of its tokens it is. The session of a disabled user counts as ended, although
 * disabling a user ends it too. The token of a deleted user is unknown.
 */
async function findToken(database: Database, token: RefreshToken) {
  const [found] = await database.$queryRaw<(Session & RefreshColumns & { isEnded: boolean })[]>`
    SELECT session.id, session.user_id AS "userId", session.last_used_at AS "lastUsedAt",
      session.expires_at AS "expiresAt", session.ended_at IS NOT NULL
        OR member.disabled_at IS NOT NULL OR session.epoch <> member.session_epoch AS "isEnded",
      session.refresh_generation AS "refreshGeneration", session.refresh_salt AS "refreshSalt",
      session.refresh_chain_hash AS "refreshChainHash",
      session.refresh_secret_hash AS "refreshSecretHash",
      session.refresh_former_generation AS "refreshFormerGeneration",
      session.refresh_former_chain_hash AS "refreshFormerChainHash"
    FROM gatehouse.sessions AS session
    JOIN gatehouse.users AS member ON member.id = session.user_id
    WHERE session.id = ${token.sessionId}::uuid`;
  const stored = found === undefined ? null : storedRefreshOf(found);
  const age = stored && findAge(token, stored);
  return found === undefined || age === null ? null : { age, session: found };
}

type TimedUse = RefreshUse & { readonly at: Date };

/** Replaces a token by its successor. Returns null when it was too late and nothing was changed. */
async function rotate(
  { write }: SessionStoreDependencies,
  { id, userId }: Session,
  use: TimedUse,
): Promise<RefreshToken | null> {
  const next = createSuccessor(use.token, use.randomBytes);
  const { at, ip } = use;
  const actor: Actor = { kind: 'USER', id: userId };
  try {
    await write({ origin: { actor, ip } }, async (transaction, { record }) => {
      await storeSuccessor(transaction, { id, userId, at, ...next.stored });
      await record({ at, action: 'session.refreshed', subjectId: id });
    });
    return next.token;
  } catch (error) {
    if (error instanceof TakenMeanwhileError) return null;
    throw error;
  }
}

/** Thrown to roll back, which is faster than committing an empty transaction. */
class TakenMeanwhileError extends Error {}

type Successor = Pick<Session, 'id' | 'userId'> & Pick<TimedUse, 'at'> & NextRefresh['stored'];

/**
 * Stores a token's successor with one conditional update, so only one of several concurrent requests succeeds. It locks
 * the user's row (shared), which is locked for the end of all sessions, and then the session's row, like every change of
 * a session: this prevents deadlocks, and a rotation and the end of the session run one after another.
 */
async function storeSuccessor(
  transaction: DatabaseTransaction,
  { id, userId, at, generation, chainHash, secretHash, salt }: Successor,
): Promise<void> {
  const stored = await transaction.$executeRaw`
    WITH member AS MATERIALIZED (
      SELECT session_epoch FROM gatehouse.users WHERE id = ${userId}::uuid FOR KEY SHARE
    )
    UPDATE gatehouse.sessions AS session
    SET refresh_generation = ${generation}, refresh_secret_hash = ${secretHash},
      refresh_salt = ${salt}, last_used_at = ${at}
    FROM member
    WHERE session.id = ${id}::uuid AND session.ended_at IS NULL
      AND session.epoch = member.session_epoch
      AND session.refresh_generation = ${generation - 1} AND session.refresh_chain_hash = ${chainHash}`;
  if (stored !== 1) throw new TakenMeanwhileError();
}

/** Ends the session of a reused token. The actor is unknown: the user or a thief. */
async function endForReuse(
  { write }: SessionStoreDependencies,
  { id, userId }: Session,
  { ip, at }: TimedUse,
): Promise<void> {
  await write({ origin: { actor: null, ip } }, async (transaction, { record }) => {
    const event = { at, action: 'refresh.reused', subjectId: id, detail: `of user ${userId}` };
    if (await endSession(transaction, id, at)) await record(event);
  });
}
