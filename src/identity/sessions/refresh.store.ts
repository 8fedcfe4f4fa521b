import { hashOpaqueToken, type OpaqueToken } from '../../authentication/opaque-token.ts';
import {
  createSuccessorSalt,
  decideRefresh,
  deriveSuccessor,
  type PresentedToken,
  type RefreshDecision,
} from '../../authentication/refresh-token.ts';
import type { Actor } from '../../changes/origin.ts';
import type { Database, DatabaseTransaction } from '../../database/connect.ts';
import type { SessionStoreDependencies } from '../store-dependencies.ts';
import { endSession } from './end-sessions.store.ts';
import { readLiveSession } from './live-session.store.ts';
import { endOf, type LiveSession, type SessionRecord } from './session.records.ts';

interface RefreshUse {
  /** A text in the form of a refresh token: see `isOpaqueToken`. */
  readonly token: string;
  readonly ip: string;
  /** How long the token used last may be repeated, in seconds. */
  readonly graceSeconds: number;
  /** A secure source. */
  readonly randomBytes: (size: number) => Uint8Array;
}

/** The session and its next refresh token, or why the token is refused. */
type RefreshOutcome =
  | { readonly outcome: 'refreshed'; readonly session: LiveSession; readonly next: OpaqueToken }
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
    const { session, isEnded, ...token } = found;
    const expiresAt = endOf(session, moment.sessionIdleSeconds);
    const presented = { ...token, session: { isEnded, expiresAt } };
    const decision = decideRefresh(presented, { now: at, graceSeconds: use.graceSeconds });
    const goOn = async (next: OpaqueToken, lastUsedAt: Date): Promise<RefreshOutcome> => {
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
    // The token cannot be available again: it was used or removed, or its session has ended.
    const second = await attempt(use);
    if (second === 'late') throw new Error('A refresh token could not be rotated twice.');
    return second;
  };
}

type Session = Pick<SessionRecord, 'id' | 'userId' | 'lastUsedAt' | 'expiresAt'>;

interface TokenRow extends Session {
  readonly usedAt: Date | null;
  readonly successorSalt: Uint8Array | null;
  readonly isEnded: boolean;
}

/**
 * Reads a token and its session in one statement, because they can be removed at any time. The session of a disabled
 * user counts as ended, although disabling a user ends it too. The token of a deleted user is unknown.
 */
async function findToken(database: Database, token: string) {
  const [found] = await database.$queryRaw<TokenRow[]>`
    SELECT token.used_at AS "usedAt", token.successor_salt AS "successorSalt",
      session.id, session.user_id AS "userId", session.last_used_at AS "lastUsedAt",
      session.expires_at AS "expiresAt", session.ended_at IS NOT NULL
        OR member.disabled_at IS NOT NULL OR session.epoch <> member.session_epoch AS "isEnded"
    FROM gatehouse.refresh_tokens AS token
    JOIN gatehouse.sessions AS session ON session.id = token.session_id
    JOIN gatehouse.users AS member ON member.id = session.user_id
    WHERE token.hash = ${hashOpaqueToken(token)}`;
  if (found === undefined) return null;
  const { usedAt, successorSalt, isEnded, ...session } = found;
  const successor =
    successorSalt === null
      ? { unusedSuccessor: null, isSuccessorRemoved: false }
      : await findSuccessor(database, deriveSuccessor(token, successorSalt));
  return { usedAt, ...successor, isEnded, session };
}

/** Used tokens are kept as long as their session. Only a password change removes one, which is unused. */
async function findSuccessor(
  database: Database,
  token: OpaqueToken,
): Promise<Pick<PresentedToken, 'unusedSuccessor' | 'isSuccessorRemoved'>> {
  const where = { hash: token.hash };
  const found = await database.refreshToken.findUnique({ where, select: { usedAt: true } });
  return {
    unusedSuccessor: found?.usedAt === null ? token : null,
    isSuccessorRemoved: found === null,
  };
}

type TimedUse = RefreshUse & { readonly at: Date };

/** Replaces a token by its successor. Returns null when it was too late and nothing was changed. */
async function rotate(
  { write }: SessionStoreDependencies,
  session: Session,
  use: TimedUse,
): Promise<OpaqueToken | null> {
  const successorSalt = createSuccessorSalt(use.randomBytes);
  const next = deriveSuccessor(use.token, successorSalt);
  const { at, ip } = use;
  const { id, userId } = session;
  const actor: Actor = { kind: 'USER', id: userId };
  try {
    await write({ origin: { actor, ip } }, async (transaction, { record }) => {
      await takeToken(transaction, session, { ...use, successorSalt });
      const data = { hash: next.hash, sessionId: id, createdAt: at };
      await transaction.refreshToken.create({ data, select: { hash: true } });
      const where = { id };
      await transaction.session.update({ where, data: { lastUsedAt: at }, select: { id: true } });
      await record({ at, action: 'session.refreshed', subjectId: id });
    });
    return next;
  } catch (error) {
    if (error instanceof TakenMeanwhileError) return null;
    throw error;
  }
}

/** Thrown to roll back, which is faster than committing an empty transaction. */
class TakenMeanwhileError extends Error {}

/**
 * Marks a token as used with one conditional update, so only one of several concurrent requests succeeds. It locks the
 * user's row (shared), which is locked for the end of all sessions, and then the session's row, like every change of a
 * session and its tokens: this prevents deadlocks, and a rotation and the end of the session run one after another.
 */
async function takeToken(
  transaction: DatabaseTransaction,
  { id, userId }: Session,
  { token, at, successorSalt }: TimedUse & { readonly successorSalt: Uint8Array<ArrayBuffer> },
): Promise<void> {
  const taken = await transaction.$executeRaw`
    WITH member AS MATERIALIZED (
      SELECT session_epoch FROM gatehouse.users WHERE id = ${userId}::uuid FOR KEY SHARE
    ), session AS MATERIALIZED (
      SELECT id FROM gatehouse.sessions WHERE id = ${id}::uuid AND ended_at IS NULL
        AND epoch = (SELECT session_epoch FROM member)
      FOR NO KEY UPDATE
    )
    UPDATE gatehouse.refresh_tokens SET used_at = ${at}, successor_salt = ${successorSalt}
    WHERE hash = ${hashOpaqueToken(token)} AND used_at IS NULL
      AND session_id = (SELECT id FROM session)`;
  if (taken !== 1) throw new TakenMeanwhileError();
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
