import {
  createSuccessorSalt,
  decideRefresh,
  deriveSuccessor,
  hashRefreshToken,
  type PresentedToken,
  type RefreshDecision,
  type RefreshToken,
} from '../../authentication/refresh-token.ts';
import type { Actor } from '../../changes/origin.ts';
import type { Database, DatabaseTransaction } from '../../database/connect.ts';
import type { SessionStoreDependencies } from '../store-dependencies.ts';
import { readLiveSession } from './live-session.store.ts';
import { endOf, type LiveSession, type SessionRecord } from './session.records.ts';

export interface RefreshUse {
  /** In the form of a refresh token: see `isRefreshToken`. */
  readonly token: string;
  readonly ip: string;
  /** For how long the token used last may be repeated. */
  readonly graceSeconds: number;
  /** A secure source. */
  readonly randomBytes: (size: number) => Uint8Array;
}

/** The session of a token with the token to use next, or why the token is refused. */
export type RefreshOutcome =
  | { readonly outcome: 'refreshed'; readonly session: LiveSession; readonly next: RefreshToken }
  | Exclude<RefreshDecision, { outcome: 'rotate' } | { outcome: 'repeat' }>;

export type UseRefreshToken = (use: RefreshUse) => Promise<RefreshOutcome>;

/**
 * Makes what uses a refresh token: it rotates the token, gives again what the token has got, or ends the
 * session of one that was used before, and that is committed too.
 *
 * What a token is worth is read without a lock, and only a change takes one. A caller that wants to rotate and
 * comes too late has changed nothing, and reads again what the token is worth now.
 */
export function createUseRefreshToken(dependencies: SessionStoreDependencies): UseRefreshToken {
  const { database } = dependencies;

  async function attempt(use: RefreshUse): Promise<RefreshOutcome | 'late'> {
    const at = dependencies.now();
    const moment = { at, sessionIdleSeconds: dependencies.sessionIdleSeconds };
    const found = await findToken(database, use.token);
    if (found === null) return { outcome: 'unknown' };
    const { session, endedAt, ...token } = found;
    const expiresAt = endOf(session, moment.sessionIdleSeconds);
    const presented = { ...token, session: { endedAt, expiresAt } };
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
    // No token comes back: it has been used or removed, or its session has ended.
    const second = await attempt(use);
    if (second === 'late') throw new Error('A refresh token was taken, and can be taken still.');
    return second;
  };
}

type Session = Pick<SessionRecord, 'id' | 'userId' | 'lastUsedAt' | 'expiresAt'>;

interface TokenRow extends Session {
  readonly usedAt: Date | null;
  readonly successorSalt: Uint8Array | null;
  readonly endedAt: Date | null;
}

/**
 * A token and its session, in one statement: they can be removed at any time. A session of a disabled
 * user counts as ended, though whatever disables a user ends it too.
 */
async function findToken(database: Database, token: string) {
  const [found] = await database.$queryRaw<TokenRow[]>`
    SELECT token.used_at AS "usedAt", token.successor_salt AS "successorSalt",
      session.id, session.user_id AS "userId", session.last_used_at AS "lastUsedAt",
      session.expires_at AS "expiresAt", COALESCE(session.ended_at, member.disabled_at) AS "endedAt"
    FROM gatehouse.refresh_tokens AS token
    JOIN gatehouse.sessions AS session ON session.id = token.session_id
    JOIN gatehouse.users AS member ON member.id = session.user_id
    WHERE token.hash = ${hashRefreshToken(token)}`;
  if (found === undefined) return null;
  const { usedAt, successorSalt, endedAt, ...session } = found;
  const successor =
    successorSalt === null
      ? { unusedSuccessor: null, isSuccessorRemoved: false }
      : await findSuccessor(database, deriveSuccessor(token, successorSalt));
  return { usedAt, ...successor, endedAt, session };
}

/** Used tokens stay for as long as their session: only a change of password removes one, which is unused. */
async function findSuccessor(
  database: Database,
  token: RefreshToken,
): Promise<Pick<PresentedToken, 'unusedSuccessor' | 'isSuccessorRemoved'>> {
  const where = { hash: token.hash };
  const found = await database.refreshToken.findUnique({ where, select: { usedAt: true } });
  return {
    unusedSuccessor: found?.usedAt === null ? token : null,
    isSuccessorRemoved: found === null,
  };
}

type TimedUse = RefreshUse & { readonly at: Date };

/** Puts a successor in the place of a token; null: too late, and nothing has changed. */
async function rotate(
  { write }: SessionStoreDependencies,
  session: Session,
  use: TimedUse,
): Promise<RefreshToken | null> {
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

/** Undoes the transaction, which is quicker than committing that nothing was done. */
class TakenMeanwhileError extends Error {}

/**
 * One conditional update: of all who bring a token, one takes it. It locks the session's row first, as
 * does everything that changes a session and its tokens: so none waits for another in a circle, and of a
 * rotation and an end that race, one comes wholly before the other.
 */
async function takeToken(
  transaction: DatabaseTransaction,
  { id }: Session,
  { token, at, successorSalt }: TimedUse & { readonly successorSalt: Uint8Array<ArrayBuffer> },
): Promise<void> {
  const taken = await transaction.$executeRaw`
    WITH session AS MATERIALIZED (
      SELECT id FROM gatehouse.sessions WHERE id = ${id}::uuid AND ended_at IS NULL FOR NO KEY UPDATE
    )
    UPDATE gatehouse.refresh_tokens SET used_at = ${at}, successor_salt = ${successorSalt}
    WHERE hash = ${hashRefreshToken(token)} AND used_at IS NULL
      AND session_id = (SELECT id FROM session)`;
  if (taken !== 1) throw new TakenMeanwhileError();
}

/** Who did it is not known: the user or a thief. */
async function endForReuse(
  { write }: SessionStoreDependencies,
  { id, userId }: Session,
  { ip, at }: TimedUse,
): Promise<void> {
  await write({ origin: { actor: null, ip } }, async (transaction, { record }) => {
    const { count } = await transaction.session.updateMany({
      where: { id, endedAt: null },
      data: { endedAt: at },
    });
    const event = { at, action: 'refresh.reused', subjectId: id, detail: `of user ${userId}` };
    if (count === 1) await record(event);
  });
}
