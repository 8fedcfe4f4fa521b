import { z } from 'zod';
import { hasRows, hexColumn, readRows, type Sql, timeColumn, toHex } from '../database/rows.ts';
import type { Sealed } from '../keys/key-ring.ts';

/** An authenticator app of a user. */
export interface OtpFactor {
  readonly id: string;
  readonly sealed: Sealed;
  /** The key of its secret was given up, so that no code of it is right any more. */
  readonly isLost: boolean;
  /** When the session that added it had proved itself by a recovery code. */
  readonly recoveredAt: Date | null;
}

const factorSchema = z
  .object({
    id: z.string(),
    secret: hexColumn,
    keyVersion: z.number(),
    isLost: z.boolean(),
    recoveredAt: timeColumn.nullable(),
  })
  .transform(
    ({ id, secret, keyVersion, isLost, recoveredAt }): OtpFactor => ({
      id,
      isLost,
      recoveredAt,
      sealed: { keyVersion, bytes: secret },
    }),
  );

/** What a secret belongs to: it cannot be decrypted for another user or factor. */
export const secretContext = (userId: string, factorId: string): readonly string[] => [
  'otp',
  userId,
  factorId,
];

/** Returns the apps of a user, oldest first. */
export const listApps = (sql: Sql, userId: string): Promise<readonly OtpFactor[]> =>
  readRows(
    sql,
    factorSchema,
    `SELECT id::text, encode(secret, 'hex') AS secret, key_version AS "keyVersion",
       lost_at IS NOT NULL AS "isLost", recovered_at AS "recoveredAt"
     FROM gatehouse_factors.otp_factors WHERE user_id = $1::uuid ORDER BY created_at, id`,
    userId,
  );

/** A time step of one authenticator app. */
export interface UsedStep {
  readonly userId: string;
  readonly factorId: string;
  readonly step: number;
  readonly at: Date;
}

/**
 * Remembers the time step of a used code. Returns false when this step or a later one was used, or the app was removed:
 * one statement, so that of two uses at the same time one is refused.
 */
export const advanceStep = (sql: Sql, { userId, factorId, step, at }: UsedStep): Promise<boolean> =>
  hasRows(
    sql,
    `UPDATE gatehouse_factors.otp_factors SET last_step = $3::int, last_used_at = $4::timestamptz
     WHERE user_id = $1::uuid AND id = $2::uuid AND last_step < $3::int AND lost_at IS NULL
     RETURNING id`,
    userId,
    factorId,
    step,
    at.toISOString(),
  );

export interface NewOtpFactor {
  readonly userId: string;
  readonly id: string;
  readonly name: string;
  readonly sealed: Sealed;
  /** The step of the first code, which has to be right before the app counts. */
  readonly step: number;
  readonly at: Date;
  /** As of `OtpFactor`. */
  readonly recoveredAt: Date | undefined;
}

/** Adds an authenticator app. Returns false when the same app was added before. */
export const addApp = (sql: Sql, factor: NewOtpFactor): Promise<boolean> =>
  hasRows(
    sql,
    `INSERT INTO gatehouse_factors.otp_factors
       (user_id, id, name, secret, key_version, last_step, created_at, recovered_at)
     VALUES ($1::uuid, $2::uuid, $3, decode($4, 'hex'), $5::int, $6::int, $7::timestamptz,
       $8::timestamptz)
     ON CONFLICT (id) DO NOTHING
     RETURNING id`,
    factor.userId,
    factor.id,
    factor.name,
    toHex(factor.sealed.bytes),
    factor.sealed.keyVersion,
    factor.step,
    factor.at.toISOString(),
    factor.recoveredAt?.toISOString() ?? null,
  );
