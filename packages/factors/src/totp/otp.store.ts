import {
  hasRows,
  hexColumn,
  readRows,
  type Sql,
  timeColumn,
  toHex,
} from 'graphql-gatehouse/package';
import { z } from 'zod';
import type { Sealed } from '../keys/key-ring.ts';

const factorSchema = z.object({
  id: z.string(),
  /** The encrypted secret. */
  bytes: hexColumn,
  keyVersion: z.number(),
  /** The key of its secret was given up, so that no code of it is right any more. */
  isLost: z.boolean(),
  /** When the session that added it had proved itself by a recovery code. */
  recoveredAt: timeColumn.nullable(),
});

export type OtpFactor = Readonly<z.infer<typeof factorSchema>>;

/** What a secret belongs to: it cannot be decrypted for another user or factor. */
export const secretContext = (userId: string, factorId: string) => ['otp', userId, factorId];

export const listApps = (sql: Sql, userId: string): Promise<readonly OtpFactor[]> =>
  readRows(sql, factorSchema)`
    SELECT id::text, encode(secret, 'hex') AS bytes, key_version AS "keyVersion",
      lost_at IS NOT NULL AS "isLost", recovered_at AS "recoveredAt"
    FROM gatehouse_factors.otp_factors WHERE user_id = ${userId}::uuid ORDER BY created_at, id`;

/**
 * Remembers the time step of a used code. Returns false when this step or a later one was used, or the app was removed:
 * one statement, so that of two uses at the same time one is refused.
 */
export const advanceStep = (
  sql: Sql,
  { userId, id }: Readonly<Record<'userId' | 'id', string>>,
  { step, at }: { readonly step: number; readonly at: Date },
): Promise<boolean> =>
  hasRows(sql)`
    UPDATE gatehouse_factors.otp_factors SET last_step = ${step}::int, last_used_at = ${at}::timestamptz
    WHERE user_id = ${userId}::uuid AND id = ${id}::uuid AND last_step < ${step}::int
      AND lost_at IS NULL
    RETURNING id`;

export interface NewOtpFactor extends Pick<OtpFactor, 'id' | 'recoveredAt'> {
  readonly userId: string;
  readonly name: string;
  readonly sealed: Sealed;
  /** The step of the first code, which has to be right before the app counts. */
  readonly step: number;
  readonly at: Date;
}

/** Adds an authenticator app. Returns false when the same app was added before. */
export const addApp = (sql: Sql, factor: NewOtpFactor): Promise<boolean> =>
  hasRows(sql)`
    INSERT INTO gatehouse_factors.otp_factors
      (user_id, id, name, secret, key_version, last_step, created_at, recovered_at)
    VALUES (${factor.userId}::uuid, ${factor.id}::uuid, ${factor.name},
      decode(${toHex(factor.sealed.bytes)}, 'hex'), ${factor.sealed.keyVersion}::int,
      ${factor.step}::int, ${factor.at}::timestamptz, ${factor.recoveredAt}::timestamptz)
    ON CONFLICT (id) DO NOTHING
    RETURNING id`;
