import type pg from 'pg';
import { createKeyRing } from '../../../packages/factors/src/keys/key-ring.ts';
import { keysSetting } from '../../../packages/factors/src/keys/keys-setting.ts';
import { secretContext } from '../../../packages/factors/src/totp/otp.store.ts';

/**
 * Returns all that a change of an account writes, without its ids, times and secrets: two accounts to which the same was
 * done have the same text. Counters of attempts may differ, and are left out.
 */
export async function stateOf(sql: Pick<pg.Pool, 'query'>, userId: string): Promise<string> {
  const { rows } = await sql.query<{ state: object }>(stateStatement, [userId]);
  return JSON.stringify(rows[0]?.state);
}

const stateStatement = `
  SELECT json_build_object(
    'apps', (SELECT json_agg(last_used_at IS NOT NULL) FROM gatehouse_factors.otp_factors WHERE user_id = $1),
    'passkeys', (SELECT json_agg(last_used_at IS NOT NULL) FROM gatehouse_factors.passkeys WHERE user_id = $1),
    'codes', (SELECT count(*) FROM gatehouse_factors.recovery_codes WHERE user_id = $1),
    'openings', (SELECT count(*) FROM gatehouse_factors.enrolment_openings WHERE user_id = $1),
    'duties', (SELECT count(*) FROM gatehouse_factors.duties WHERE user_id = $1),
    'challenges', (SELECT count(*) FROM gatehouse.login_challenges WHERE user_id = $1),
    'epoch', (SELECT session_epoch FROM gatehouse.users WHERE id = $1),
    'sessions', (SELECT json_agg(json_build_array(
        epoch = (SELECT session_epoch FROM gatehouse.users WHERE id = $1) AND ended_at IS NULL,
        proof_count,
        (SELECT json_agg(factor ORDER BY factor) FROM jsonb_object_keys(proved) AS factor)
      ) ORDER BY id) FROM gatehouse.sessions WHERE user_id = $1),
    'events', (SELECT json_agg(action ORDER BY id) FROM gatehouse.audit_events WHERE subject_id = $1
      OR subject_id IN (SELECT id FROM gatehouse.sessions WHERE user_id = $1))
  ) AS state`;

/** Returns the ids of users whose secret no key of `FACTORS_KEYS` opens. */
export async function unopenedSecrets(
  sql: Pick<pg.Pool, 'query'>,
  setting: string,
): Promise<readonly string[]> {
  const ring = createKeyRing(keysSetting.parse(setting), () => new Uint8Array());
  const { rows } = await sql.query<SecretRow>(
    `SELECT user_id AS "userId", id, secret AS bytes, key_version AS "keyVersion"
     FROM gatehouse_factors.otp_factors`,
  );
  return rows
    .filter((row) => ring.open(row, secretContext(row.userId, row.id)) === undefined)
    .map(({ userId }) => userId);
}

interface SecretRow {
  readonly userId: string;
  readonly id: string;
  readonly bytes: Buffer;
  readonly keyVersion: number;
}
