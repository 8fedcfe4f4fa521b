import { findRow, hasRows, readRow, readRows, runSql, type Sql } from 'graphql-gatehouse/package';
import { z } from 'zod';
import { hashOf } from '../secrets.ts';

/** A log-in with which a session is opened. */
export interface NewOpening {
  readonly id: string;
  readonly identityId: string;
  readonly provider: string;
  readonly sub: string;
  readonly sid: string | null;
  readonly begunAt: Date;
  readonly expiresAt: Date;
}

/** A log-out at a provider. One of `sub` and `sid` is there. */
export interface Logout {
  readonly provider: string;
  readonly jti: string;
  readonly sub: string | null;
  readonly sid: string | null;
  readonly at: Date;
  readonly expiresAt: Date;
}

/** An arbitrary key, which must not be the first one of another advisory lock in this database. */
const logoutLock = 3_104_003;

/**
 * Stores a log-in with which a session is opened, in its transaction. Returns false when its user has logged out at the provider
 * since. Log-ins of a provider go side by side, and a log-out waits for them: the one that comes second sees the other.
 */
export async function recordOpening(
  transaction: Sql,
  { id, identityId, provider, sub, sid, begunAt, expiresAt }: NewOpening,
): Promise<boolean> {
  await runSql(transaction)`
    SELECT pg_advisory_xact_lock_shared(${logoutLock}::int, hashtext(${provider}))::text AS locked`;
  return hasRows(transaction)`
    INSERT INTO gatehouse_providers.logins (id, identity_id, provider, sub, sid, expires_at)
    SELECT ${id}::uuid, ${identityId}::uuid, ${provider}, ${sub}, ${sid}, ${expiresAt}::timestamptz
    WHERE NOT EXISTS (
        SELECT FROM gatehouse_providers.logouts WHERE provider = ${provider} AND sid = ${sid}
      ) AND NOT EXISTS (
        SELECT FROM gatehouse_providers.logouts AS ended
        WHERE provider = ${provider} AND sub = ${sub} AND at >= ${begunAt}::timestamptz
          AND (ended.sid IS NULL OR ${sid}::text IS NULL)
      )
    RETURNING 1 AS stored`;
}

const storedSchema = z.object({ isDone: z.boolean() });

/**
 * Stores a log-out, and returns whether the same token has done its work before. Commit it before the sessions end: log-ins of the
 * provider wait for it, and those that come later find it.
 */
export async function recordLogout(
  transaction: Sql,
  { provider, jti, sub, sid, at, expiresAt }: Logout,
): Promise<boolean> {
  await runSql(transaction)`
    SELECT pg_advisory_xact_lock(${logoutLock}::int, hashtext(${provider}))::text AS locked`;
  const { isDone } = await readRow(transaction, storedSchema)`
    INSERT INTO gatehouse_providers.logouts AS present (provider, token_hash, sub, sid, at, expires_at)
    VALUES (${provider}, decode(${hashOf(jti)}, 'hex'), ${sub}, ${sid}, ${at}::timestamptz, ${expiresAt}::timestamptz)
    ON CONFLICT (provider, token_hash) DO UPDATE SET expires_at = present.expires_at
    RETURNING done_at IS NOT NULL AS "isDone"`;
  return isDone;
}

/** Records that the sessions of a log-out have ended. Returns false when they had before. */
export const finishLogout = (transaction: Sql, { provider, jti, at }: Logout): Promise<boolean> =>
  hasRows(transaction)`
    UPDATE gatehouse_providers.logouts SET done_at = ${at}::timestamptz
    WHERE provider = ${provider} AND token_hash = decode(${hashOf(jti)}, 'hex') AND done_at IS NULL
    RETURNING 1 AS done`;

const idSchema = z.object({ id: z.string() });
const idsOf = (rows: readonly z.infer<typeof idSchema>[]) => rows.map(({ id }) => id);

/** Returns the log-ins that a log-out ends: of its session, or of all sessions of its subject of which no name is known. */
export const findLoggedOut = async (
  sql: Sql,
  { provider, sub, sid }: Logout,
): Promise<readonly string[]> =>
  idsOf(
    await readRows(sql, idSchema)`
      SELECT id::text FROM gatehouse_providers.logins WHERE provider = ${provider} AND sid = ${sid}
      UNION
      SELECT id::text FROM gatehouse_providers.logins AS login WHERE provider = ${provider} AND sub = ${sub}
        AND (login.sid IS NULL OR ${sid}::text IS NULL)`,
  );

/** Returns the log-ins of an identity, also those of before it was unlinked and linked again. */
export const findOpenings = async (sql: Sql, identityId: string): Promise<readonly string[]> =>
  idsOf(
    await readRows(sql, idSchema)`
      WITH named AS (
        SELECT provider, subject AS sub FROM gatehouse_providers.identities WHERE id = ${identityId}::uuid
        UNION SELECT provider, sub FROM gatehouse_providers.logins WHERE identity_id = ${identityId}::uuid
      )
      SELECT login.id::text FROM gatehouse_providers.logins AS login JOIN named USING (provider, sub)`,
  );

/** Returns the provider whose log-in has opened a session. Undefined: none has. */
export const findProviderOf = (sql: Sql, sessionId: string) =>
  findRow(sql, z.object({ provider: z.string() }))`
    SELECT login.provider FROM gatehouse.sessions AS session
    JOIN gatehouse_providers.logins AS login ON login.id = session.opened_with
    WHERE session.id = ${sessionId}::uuid`;
