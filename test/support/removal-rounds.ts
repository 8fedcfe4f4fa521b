import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { onTestFinished } from 'vitest';
import { roles } from './postgres-database.ts';
import type { Gatehouse } from './process.ts';
import { createMigratedDatabase } from './test-database.ts';

export interface RemovalRounds {
  /** How often the server is killed. */
  readonly kills: number;
  /** The number of sessions of each of three kinds that each round adds. */
  readonly sessions: number;
}

/** What came of a server that was killed while it removed sessions. All is as it must be when the last three are 0. */
export interface RemovalTally {
  readonly kills: number;
  /** Kills with sessions still to remove. */
  readonly amid: number;
  readonly removed: number;
  readonly removedTwice: number;
  /** Removed, though they had not ended, or ended lately. */
  readonly lost: number;
  /** Ended sessions, and notes of them, that are left at the end. */
  readonly left: number;
}

/**
 * Starts a server again and again on one database, and kills it by SIGKILL amid its background removals: of the
 * sessions of a deleted user, of those that ended together, and of those that ended one by one. The last start runs until
 * all are removed. A trigger of the database notes each removal in the transaction that makes it.
 */
export async function killAmidRemovals(
  gatehouse: Gatehouse,
  { kills, sessions }: RemovalRounds,
): Promise<RemovalTally> {
  const { url, nodeUrl, drop } = await createMigratedDatabase();
  onTestFinished(drop);
  const ADMIN_PASSWORD = 'violet-otter-ladder-93-quay';
  const environment = { DATABASE_URL: nodeUrl, MIGRATE: 'off', ADMIN_PASSWORD };
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  onTestFinished(() => client.end());
  const number = async (sql: string): Promise<number> =>
    Number((await client.query<{ n: string }>(`SELECT (${sql}) AS n`)).rows[0]?.n);
  const removed = () => number('SELECT count(*) FROM removed');
  await client.query(noteRemovals);
  await client.query(`SELECT gatehouse.grant_node('${roles.node}')`);

  let amid = 0;
  for (let round = 0; round < kills; round += 1) {
    await client.query(
      addSessions.replaceAll(':round', `${round}`).replaceAll(':n', `${sessions}`),
    );
    const target = (await removed()) + 1 + ((round * 7919) % (2 * sessions));
    const server = await gatehouse.serve(environment);
    while ((await removed()) < target) await sleep(1);
    server.kill('SIGKILL');
    await server.exited;
    if ((await number(ended)) > 0) amid += 1;
  }
  const last = await gatehouse.serve(environment);
  const left = () => number(`(${ended}) + (SELECT count(*) FROM gatehouse.session_removals)`);
  // As long as it gets on: after many rounds there are many.
  for (let before = Number.POSITIVE_INFINITY, now = await left(); 0 < now && now < before; ) {
    before = now;
    const waitedUntilMs = Date.now() + 20_000;
    while (now >= before && Date.now() < waitedUntilMs) {
      await sleep(20);
      now = await left();
    }
  }
  last.kill('SIGKILL');
  await last.exited;
  return {
    kills,
    amid,
    removed: await removed(),
    left: await left(),
    removedTwice: await number('SELECT count(*) - count(DISTINCT id) FROM removed'),
    lost: await number(`SELECT count(*) FROM kept WHERE NOT EXISTS (
      SELECT 1 FROM gatehouse.sessions WHERE sessions.id = kept.id)`),
  };
}

/** The removed sessions, and those that must not be. */
const noteRemovals = `
  CREATE TABLE removed (id UUID NOT NULL);
  CREATE TABLE kept (id UUID NOT NULL);
  CREATE FUNCTION note_removal() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN INSERT INTO public.removed VALUES (OLD.id); RETURN NULL; END $$;
  CREATE TRIGGER note_removal AFTER DELETE ON gatehouse.sessions
    FOR EACH ROW EXECUTE FUNCTION note_removal();`;

/** Sessions that may be removed: the ones of `kept` are not ended long enough, or not at all. */
const ended = 'SELECT count(*) FROM gatehouse.sessions WHERE id NOT IN (SELECT id FROM kept)';

/** One user is deleted, of one all sessions ended together, and of one they ended one by one. */
const addSessions = `
  INSERT INTO gatehouse.users (id, username, username_key, display_name, password_hash)
  SELECT gen_random_uuid(), name, name, name, '' FROM unnest(
    ARRAY['deleted-:round', 'together-:round', 'single-:round']) AS name;
  INSERT INTO gatehouse.sessions (id, user_id, created_at, expires_at, ended_at)
  SELECT gen_random_uuid(), users.id, now() - INTERVAL '20 days', now() + INTERVAL '20 days',
    CASE WHEN username LIKE 'single-%' THEN now() - INTERVAL '8 days' END
  FROM gatehouse.users, generate_series(1, :n) WHERE username LIKE '%-:round';
  DELETE FROM gatehouse.users WHERE username = 'deleted-:round';
  UPDATE gatehouse.users SET session_epoch = 1 WHERE username = 'together-:round';
  UPDATE gatehouse.session_removals SET due_at = now() WHERE due_at > now();
  WITH added AS (
    INSERT INTO gatehouse.sessions (id, user_id, epoch, created_at, expires_at, ended_at)
    SELECT gen_random_uuid(), users.id, users.session_epoch, now() - INTERVAL '20 days', now() + INTERVAL '20 days',
      CASE WHEN n % 2 = 0 THEN now() - INTERVAL '6 days' END
    FROM gatehouse.users, generate_series(1, 20) AS n WHERE username IN ('together-:round', 'single-:round')
    RETURNING id)
  INSERT INTO kept SELECT id FROM added;`;
