import { createHash } from 'node:crypto';
import { z } from 'zod';
import { readRows, type Sql } from '../database/rows.ts';

/** More devices of an account are not remembered, and each log-in of another one is a notice. */
const maxDevices = 50;

/** A log-in by a user agent. */
export interface DeviceUse {
  readonly userId: string;
  readonly userAgent: string;
  readonly at: Date;
}

/**
 * Remembers a device. Returns whether it is new for an account that has others: the first one of an account is no news.
 * Versions are left out, so that an update of a browser is no new device.
 */
export async function rememberDevice(
  sql: Sql,
  { userId, userAgent, at }: DeviceUse,
): Promise<boolean> {
  const hash = createHash('sha256').update(userAgent.replaceAll(/\d+/g, '')).digest('hex');
  const [found] = await readRows(
    sql,
    z.object({ isNew: z.boolean() }),
    `WITH known AS (
       UPDATE gatehouse_mail.devices SET last_seen_at = $3::timestamptz
       WHERE user_id = $1::uuid AND hash = decode($2, 'hex') RETURNING 1
     ), others AS (
       SELECT count(*) AS count FROM gatehouse_mail.devices WHERE user_id = $1::uuid
     ), added AS (
       INSERT INTO gatehouse_mail.devices (user_id, hash, last_seen_at)
       SELECT $1::uuid, decode($2, 'hex'), $3::timestamptz FROM others
       WHERE NOT EXISTS (SELECT 1 FROM known) AND count < $4::int
       ON CONFLICT (user_id, hash) DO NOTHING
     )
     SELECT NOT EXISTS (SELECT 1 FROM known) AND count > 0 AS "isNew" FROM others`,
    userId,
    hash,
    at.toISOString(),
    maxDevices,
  );
  return found?.isNew ?? false;
}
