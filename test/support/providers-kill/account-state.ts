import type pg from 'pg';

/** Whose rows are looked at. */
export interface Watched {
  readonly userId: string;
  /** Who the user is at the provider. */
  readonly sub: string;
  /** The secret of a log-in that has begun. */
  readonly state?: string | undefined;
}

/**
 * Returns all that log-ins and log-outs write for a user, without ids, times and secrets: two users to whom the same was done have
 * the same text. Counters of attempts may differ, and are left out.
 */
export async function stateOf(
  sql: Pick<pg.Pool, 'query'>,
  { userId, sub, state = '' }: Watched,
): Promise<string> {
  const { rows } = await sql.query<{ state: object }>(stateStatement, [userId, sub, state]);
  return JSON.stringify(rows[0]?.state);
}

/** Of a log-in that has begun, in `stateOf`: whether its user came back, it has a code, and its secrets are removed. */
const begun = '"login":[false,false,false]';
const taken = '"login":[true,false,false]';

/** The state of a user whose log-in was taken at its way back, and who got no code. */
export const takenFrom = (before: string): string => before.replace(begun, taken);

const stateStatement = `
  WITH member AS (SELECT id, session_epoch FROM gatehouse.users WHERE id = $1::uuid),
    identity AS (SELECT * FROM gatehouse_providers.identities WHERE user_id = $1::uuid),
    opened AS (SELECT * FROM gatehouse_providers.logins WHERE identity_id IN (SELECT id FROM identity)),
    session AS (SELECT * FROM gatehouse.sessions WHERE user_id = $1::uuid)
  SELECT json_build_object(
    'login', (SELECT json_build_array(returned_at IS NOT NULL, code_hash IS NOT NULL, nonce = '' AND verifier = '')
      FROM gatehouse_providers.pending_logins WHERE state_hash = sha256(convert_to($3, 'UTF8'))),
    'codes', (SELECT count(*) FROM gatehouse_providers.pending_logins WHERE subject = $2),
    'identities', (SELECT json_agg(json_build_array(subject = $2, max_kinds, last_used_at IS NOT NULL)) FROM identity),
    'opened', (SELECT json_agg(json_build_array(sub = $2, sid IS NOT NULL,
        (SELECT count(*) FROM session WHERE opened_with = opened.id)
      ) ORDER BY expires_at, sid) FROM opened),
    'logouts', (SELECT count(*) FROM gatehouse_providers.logouts WHERE sub = $2 AND done_at IS NOT NULL),
    'sessions', (SELECT json_agg(json_build_array(
        epoch = (SELECT session_epoch FROM member) AND ended_at IS NULL,
        opened_with IS NOT NULL,
        proof_count,
        (SELECT json_agg(factor ORDER BY factor) FROM jsonb_object_keys(proved) AS factor)
      ) ORDER BY id) FROM session),
    'epoch', (SELECT session_epoch FROM member),
    'challenges', (SELECT count(*) FROM gatehouse.login_challenges WHERE user_id = $1::uuid),
    'memberships', (SELECT json_agg(json_build_array("group", source, expires_at IS NOT NULL) ORDER BY "group", source)
      FROM gatehouse.memberships WHERE user_id = $1::uuid),
    'access', (SELECT json_agg(json_build_array("group", kind) ORDER BY id)
      FROM gatehouse.access_changes WHERE subject_id = $1::uuid),
    'events', (SELECT json_agg(action ORDER BY action) FROM gatehouse.audit_events
      WHERE subject_id = $1::uuid OR subject_id IN (SELECT id FROM session))
  ) AS state`;
