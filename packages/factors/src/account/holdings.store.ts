import { anyOf, readRow, readRows, type Sql, timeColumn } from 'graphql-gatehouse/package';
import { z } from 'zod';

const holdingsSchema = z.object({
  /** Lost: the keys of all of its secrets were given up. A factor stays due. */
  otp: z.enum(['none', 'usable', 'lost']),
  /** How many authenticator apps there are, lost ones too. */
  apps: z.number(),
  passkeys: z.number(),
  recoveryCodes: z.number(),
});

export type Holdings = Readonly<z.infer<typeof holdingsSchema>>;

export const readHoldings = (sql: Sql, userId: string): Promise<Holdings> =>
  readRow(sql, holdingsSchema)`
    SELECT
      (SELECT CASE WHEN count(*) = 0 THEN 'none' WHEN bool_or(lost_at IS NULL) THEN 'usable'
        ELSE 'lost' END FROM gatehouse_factors.otp_factors WHERE user_id = ${userId}::uuid) AS otp,
      (SELECT count(*)::int FROM gatehouse_factors.otp_factors WHERE user_id = ${userId}::uuid) AS apps,
      (SELECT count(*)::int FROM gatehouse_factors.passkeys WHERE user_id = ${userId}::uuid) AS passkeys,
      (SELECT count(*)::int FROM gatehouse_factors.recovery_codes
        WHERE user_id = ${userId}::uuid) AS "recoveryCodes"`;

/** Whether an account has a second factor. Recovery codes alone are none: they stand in for another. */
export const hasSecondFactor = ({ otp, passkeys }: Holdings): boolean =>
  otp !== 'none' || passkeys > 0;

/** Whether a second factor is due that nothing can prove. */
export const isLockedOut = ({ otp, passkeys, recoveryCodes }: Holdings): boolean =>
  otp === 'lost' && passkeys === 0 && recoveryCodes === 0;

/** Returns how many kinds of factors an account has: a password, and what it holds. */
export const kindsHeld = (holdings: Holdings): 1 | 2 => (hasSecondFactor(holdings) ? 2 : 1);

const factorSchema = z.object({
  id: z.string(),
  userId: z.string(),
  kind: z.enum(['OTP', 'PASSKEY']),
  name: z.string(),
  createdAt: timeColumn,
  lastUsedAt: timeColumn.nullable(),
  isBackedUp: z.boolean().nullable(),
  isLost: z.boolean(),
});

export type SecondFactor = Readonly<z.infer<typeof factorSchema>>;

/** Returns the second factors of users, oldest first. */
export const listFactors = (
  sql: Sql,
  userIds: readonly string[],
): Promise<readonly SecondFactor[]> =>
  readRows(sql, factorSchema)`
    SELECT id::text, user_id::text AS "userId", kind, name, created_at AS "createdAt",
      last_used_at AS "lastUsedAt", is_backed_up AS "isBackedUp", is_lost AS "isLost"
    FROM (
      SELECT id, user_id, 'OTP' AS kind, name, created_at, last_used_at,
        NULL::boolean AS is_backed_up, lost_at IS NOT NULL AS is_lost
      FROM gatehouse_factors.otp_factors WHERE user_id = ${anyOf(userIds)}
      UNION ALL
      SELECT id, user_id, 'PASSKEY', name, created_at, last_used_at, is_backed_up, false
      FROM gatehouse_factors.passkeys WHERE user_id = ${anyOf(userIds)}
    ) AS factor
    ORDER BY created_at, id`;

const countSchema = z.object({ userId: z.string(), count: z.number() });

export type RecoveryCodeCount = Readonly<z.infer<typeof countSchema>>;

/** Counts the recovery codes of users who have some. */
export const countRecoveryCodes = (
  sql: Sql,
  userIds: readonly string[],
): Promise<readonly RecoveryCodeCount[]> =>
  readRows(sql, countSchema)`
    SELECT user_id::text AS "userId", count(*)::int AS count FROM gatehouse_factors.recovery_codes
    WHERE user_id = ${anyOf(userIds)}
    GROUP BY user_id`;
