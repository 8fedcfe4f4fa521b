import { createHash } from 'node:crypto';
import { findRow, type Sql } from 'graphql-gatehouse/package';
import { z } from 'zod';

/** More devices of an account are not remembered, and each log-in of another one is a notice. */
const maxDevices = 50;

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
  const found = await findRow(sql, z.object({ isNew: z.boolean() }))`
    WITH known AS (
      UPDATE gatehouse_mail.devices SET last_seen_at = ${at}::timestamptz
      WHERE user_id = ${userId}::uuid AND hash = decode(${hash}, 'hex') RETURNING 1
    ), others AS (
      SELECT count(*) AS count FROM gatehouse_mail.devices WHERE user_id = ${userId}::uuid
    ), added AS (
      INSERT INTO gatehouse_mail.devices (user_id, hash, last_seen_at)
      SELECT ${userId}::uuid, decode(${hash}, 'hex'), ${at}::timestamptz FROM others
      WHERE NOT EXISTS (SELECT 1 FROM known) AND count < ${maxDevices}::int
      ON CONFLICT (user_id, hash) DO NOTHING
    )
    SELECT NOT EXISTS (SELECT 1 FROM known) AND count > 0 AS "isNew" FROM others`;
  return found?.isNew ?? false;
}
