import {
  createSuccessor,
  decideRefresh,
  findAge,
  type NextRefresh,
  type RefreshDecision,
  type RefreshToken,
} from '../../authentication/refresh-token.ts';
import type { WriteStatement } from '../../changes/statement-write.ts';
import type { SessionStoreDependencies } from '../store-dependencies.ts';
import { endSession } from './end-sessions.store.ts';
import {
  type LiveUser,
  liveUserColumns,
  type SessionState,
  toLiveSession,
} from './live-session.store.ts';
import {
  endOf,
  type LiveSession,
  type RefreshColumns,
  storedRefreshOf,
} from './session.records.ts';

interface RefreshUse {
  readonly token: RefreshToken;
  readonly ip: string | null;
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

type TimedUse = RefreshUse & { readonly at: Date };

/**
 * Creates the function that uses a refresh token: it rotates the token, repeats its successor, or ends the session of
 * a reused token. All three are committed.
 *
 * The state of a token is read without a lock; only a change locks it. When another request rotates the token first,
 * nothing is changed, and the state is read again.
 */
export function createUseRefreshToken(dependencies: SessionStoreDependencies): UseRefreshToken {
  const { sessionIdleSeconds } = dependencies;
  const findToken = createFindToken(dependencies);
  const rotate = createRotate(dependencies);

  async function attempt(use: TimedUse): Promise<RefreshOutcome | 'late'> {
    const { token, at, graceSeconds } = use;
    const found = await findToken(token, at);
    if (found === null) return { outcome: 'unknown' };
    const { age, session, user } = found;
    const { isEnded, lastUsedAt: refreshedAt } = session;
    const expiresAt = endOf(session, sessionIdleSeconds);
    const presented = { age, session: { isEnded, expiresAt, refreshedAt } };
    const decision = decideRefresh(presented, { now: at, graceSeconds });

    if (decision.outcome === 'rotate') {
      const { token: next, stored } = createSuccessor(token, use.randomBytes);
      const owner = await rotate({ id: session.id, userId: user.id, at, ip: use.ip, stored });
      if (owner === undefined) return 'late';
      const rotated = toLiveSession({ ...session, lastUsedAt: at }, owner, dependencies);
      return { outcome: 'refreshed', session: rotated, next };
    }
    if (decision.outcome === 'repeat') {
      const live = toLiveSession(session, user, dependencies);
      return { outcome: 'refreshed', session: live, next: decision.successor };
    }
    if (decision.outcome === 'reuse') await endForReuse(dependencies, found, use);
    return decision;
  }

  return async (use) => {
    const first = await attempt({ ...use, at: dependencies.now() });
    if (first !== 'late') return first;
    // The token cannot be available again: it was used, its chain was replaced, or its session has ended.
    const second = await attempt({ ...use, at: dependencies.now() });
    if (second === 'late') throw new Error('A refresh token could not be rotated twice.');
    return second;
  };
}

interface TokenRow extends LiveUser, RefreshColumns, Pick<SessionState, 'proved' | 'proofCount'> {
  readonly lastUsedAt: Date;
  readonly expiresAt: Date;
  readonly isEnded: boolean;
}

/** Reads the session of a token and its user. The user may be disabled, which ends the session too. */
const tokenStatement = {
  name: 'gatehouse_refresh_token',
  text: `
    SELECT ${liveUserColumns('$2')},
      session.last_used_at AS "lastUsedAt", session.expires_at AS "expiresAt",
      session.proved, session.proof_count AS "proofCount",
      session.ended_at IS NOT NULL OR member.disabled_at IS NOT NULL
        OR session.epoch <> member.session_epoch AS "isEnded",
      session.refresh_generation AS "refreshGeneration", session.refresh_salt AS "refreshSalt",
      session.refresh_chain_hash AS "refreshChainHash",
      session.refresh_secret_hash AS "refreshSecretHash",
      session.refresh_former_generation AS "refreshFormerGeneration",
      session.refresh_former_chain_hash AS "refreshFormerChainHash"
    FROM gatehouse.sessions AS session
    JOIN gatehouse.users AS member ON member.id = session.user_id
    WHERE session.id = $1::uuid`,
};

type FindToken = ReturnType<typeof createFindToken>;
type FoundToken = NonNullable<Awaited<ReturnType<FindToken>>>;

/** Creates the function that finds the session of a token, its user, and which of its tokens it is. */
function createFindToken({ read }: SessionStoreDependencies) {
  /** The token of a deleted user is unknown. */
  return async (token: RefreshToken, at: Date) => {
    const [user] = await read<TokenRow>(tokenStatement, [token.sessionId, at]);
    const stored = user === undefined ? null : storedRefreshOf(user);
    const age = stored && findAge(token, stored);
    if (user === undefined || age === null) return null;
    const { lastUsedAt, expiresAt, isEnded, proved, proofCount } = user;
    const times = { lastUsedAt, expiresAt, isEnded };
    return { age, session: { id: token.sessionId, ...times, proved, proofCount }, user };
  };
}

/**
 * Stores a token's successor with one conditional update, so only one of several concurrent requests succeeds. It locks
 * the user's row (shared), which is locked for the end of all sessions, and then the session's row, like every change of
 * a session: this prevents deadlocks, and a rotation and the end of the session run one after another.
 */
const rotation: WriteStatement = {
  name: 'gatehouse_refresh',
  valueCount: 7,
  tables: `member AS MATERIALIZED (
      SELECT * FROM gatehouse.users WHERE id = $1::uuid FOR KEY SHARE
    ), written AS (
      UPDATE gatehouse.sessions AS session
      SET refresh_generation = $4::int, refresh_secret_hash = $6::bytea, refresh_salt = $7::bytea,
        last_used_at = $3::timestamptz
      FROM member
      WHERE session.id = $2::uuid AND session.ended_at IS NULL
        AND session.epoch = member.session_epoch
        AND session.refresh_generation = $4::int - 1 AND session.refresh_chain_hash = $5::bytea
      RETURNING ${liveUserColumns('$3')}
    )`,
};

interface Rotation extends Pick<TimedUse, 'at' | 'ip'> {
  readonly id: string;
  readonly userId: string;
  readonly stored: NextRefresh['stored'];
}

/** Creates the function that replaces a token by its successor, and returns the user. */
function createRotate({ writeStatement }: SessionStoreDependencies) {
  const write = writeStatement<LiveUser>(rotation);
  /** Undefined: it was too late, and nothing was changed. */
  return async ({ id, userId, at, ip, stored }: Rotation): Promise<LiveUser | undefined> => {
    const { generation, chainHash, secretHash, salt } = stored;
    const [user] = await write({
      values: [userId, id, at, generation, chainHash, secretHash, salt],
      origin: { actor: { kind: 'USER', id: userId }, ip },
      event: { at, action: 'session.refreshed', subjectId: id },
    });
    return user;
  };
}

/** Ends the session of a reused token. The actor is unknown: the user or a thief. */
async function endForReuse(
  { write }: SessionStoreDependencies,
  { session: { id }, user }: FoundToken,
  { ip, at }: TimedUse,
): Promise<void> {
  await write({ origin: { actor: null, ip } }, async (transaction, { record }) => {
    const event = { at, action: 'refresh.reused', subjectId: id, detail: `of user ${user.id}` };
    if (await endSession(transaction, id, at)) await record(event);
  });
}
