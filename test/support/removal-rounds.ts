import { setTimeout as sleep } from 'node:timers/promises';
import { roles } from './postgres-database.ts';
import type { Gatehouse } from './process.ts';
import { kill, type Rounds } from './rounds.ts';
import { type PreparedNodes, prepareNodes } from './two-nodes.ts';

interface RemovalWorld extends Pick<PreparedNodes, 'sql' | 'serve'> {
  numberOf(count: string): Promise<number>;
}

/**
 * Starts a server again and again on one database, and kills it by SIGKILL amid its background removals: of the
 * sessions of a deleted user, of those that ended together, and of those that ended one by one. The last start runs until
 * all are removed. A trigger of the database notes each removal in the transaction that makes it.
 *
 * `each`: the number of sessions of each kind that a round adds.
 */
export const removals = (gatehouse: Gatehouse, each: number): Rounds<RemovalWorld, number> => ({
  async start() {
    const { sql, serve } = await prepareNodes(gatehouse);
    await sql.query(noteRemovals);
    await sql.query(`SELECT gatehouse.grant_node('${roles.node}')`);
    const numberOf = async (count: string): Promise<number> =>
      Number((await sql.query<{ n: string }>(`SELECT (${count}) AS n`)).rows[0]?.n);
    return { sql, serve, numberOf };
  },
  async work({ sql, serve, numberOf }, round, found) {
    await sql.query(addSessions.replaceAll(':round', `${round}`).replaceAll(':n', `${each}`));
    const target = (await numberOf(removed)) + 1 + ((round * 7919) % (2 * each));
    const server = await serve();
    while ((await numberOf(removed)) < target) await sleep(1);
    await kill(server);
    found.count('amid', (await numberOf(ended)) > 0 ? 1 : 0);
  },
  async end({ serve, numberOf }, found) {
    const last = await serve();
    const countLeft = () =>
      numberOf(`(${ended}) + (SELECT count(*) FROM gatehouse.session_removals)`);
    // As long as it gets on: after many rounds there are many.
    let left = await countLeft();
    for (let before = Number.POSITIVE_INFINITY; 0 < left && left < before; ) {
      before = left;
      const waitedUntilMs = Date.now() + 20_000;
      while (left >= before && Date.now() < waitedUntilMs) {
        await sleep(20);
        left = await countLeft();
      }
    }
    await kill(last);
    found.count('removed', await numberOf(removed));
    found.count('left', left);
    found.count('twice', await numberOf('SELECT count(*) - count(DISTINCT id) FROM removed'));
    const lost = `SELECT count(*) FROM kept WHERE NOT EXISTS (
      SELECT 1 FROM gatehouse.sessions WHERE sessions.id = kept.id)`;
    found.count('lost', await numberOf(lost));
  },
  figure: ({ rounds, outcomes: { amid, removed: all, twice, lost, left } }) =>
    `${rounds} kills, ${amid} amid removals: ${all} sessions removed, ${twice} twice, ${lost} lost, ${left} left`,
});

const removed = 'SELECT count(*) FROM removed';

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
