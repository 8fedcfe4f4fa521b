import { randomBytes, randomUUID } from 'node:crypto';
import { onTestFinished } from 'vitest';
import { createKeyRing } from '../../../packages/factors/src/keys/key-ring.ts';
import { keysSetting } from '../../../packages/factors/src/keys/keys-setting.ts';
import { secretContext } from '../../../packages/factors/src/totp/otp.store.ts';
import type { Gatehouse } from '../process.ts';
import type { CommandExit } from '../run-cli.ts';
import { type Moment, startStatementProxy } from '../statement-proxy.ts';
import { unopenedSecrets } from './account-state.ts';
import { type FactorsNodes, projectWords } from './factors-nodes.ts';

export interface KeyRounds {
  readonly secrets: number;
  /** How many secrets a command encrypts before it is killed. */
  readonly step: number;
}

/** What came of a rotation that was killed again and again. `faults` is empty when all is as it must be. */
export interface KeyTally {
  kills: number;
  /** Secrets under the new key after the last kill, of all. */
  lastRotated: number;
  readonly faults: string[];
}

/**
 * Rotates the key of many secrets by a command that is killed by SIGKILL every few secrets, before or after the statement
 * that writes one. After each kill all secrets must open, and none that was encrypted may be so again.
 */
export async function killAmidRotation(
  gatehouse: Gatehouse,
  { sql, environment, nodeUrl }: FactorsNodes,
  { secrets, step }: KeyRounds,
): Promise<KeyTally> {
  const oldKeys = environment.FACTORS_KEYS ?? '';
  const newKey = `2:${randomBytes(32).toString('base64url')}`;
  const keys = `${oldKeys},${newKey}`;
  await addSecrets(sql, oldKeys, secrets);
  const total = await countUnder(sql);
  const tally: KeyTally = { kills: 0, lastRotated: 0, faults: [] };
  const words = [...projectWords, 'factors-rotate-key'];
  const runHere = (FACTORS_KEYS: string) =>
    gatehouse.runHere(words, { ...environment, FACTORS_KEYS });
  for (let expected = 0; expected + step < total; ) {
    const moment: Moment = tally.kills % 2 === 0 ? 'before' : 'after';
    const proxy = await startStatementProxy(nodeUrl);
    onTestFinished(proxy.close);
    let left = step;
    const stopped = proxy.stopAt({
      moment,
      isReached: (statement) => isRotation(statement) && --left === 0,
    });
    const given = { ...environment, DATABASE_URL: proxy.url, FACTORS_KEYS: keys };
    const command = gatehouse.start(words, given);
    await Promise.race([stopped, command.exited]);
    command.kill('SIGKILL');
    const { signal, stderr } = await command.exited;
    await proxy.close();
    expected += moment === 'after' ? step : step - 1;
    tally.kills += 1;
    tally.lastRotated = await countUnder(sql, 2);
    const fault = (what: string) => void tally.faults.push(`kill ${tally.kills}: ${what}`);
    if (signal !== 'SIGKILL') fault(`not reached: ${stderr}`);
    if (tally.lastRotated !== expected) fault(`${tally.lastRotated} instead of ${expected}`);
    for (const userId of await unopenedSecrets(sql, keys)) fault(`secret of ${userId}`);
  }
  const rest = `encrypted ${total - tally.lastRotated} secrets under version 2`;
  requireLine(await runHere(keys), rest, tally);
  requireLine(await runHere(newKey), 'encrypted 0 secrets under version 2', tally);
  const unopened = await unopenedSecrets(sql, newKey);
  if (unopened.length > 0) tally.faults.push(`${unopened.length} need the old key`);
  return tally;
}

const isRotation = (statement: string): boolean =>
  statement.startsWith('UPDATE gatehouse_factors.otp_factors SET secret');

function requireLine(
  { code, stdout, stderr }: CommandExit,
  line: string,
  { faults }: KeyTally,
): void {
  if (code !== 0 || !stdout.includes(line)) faults.push(`${line}: ${code} ${stdout} ${stderr}`);
}

/** How many secrets are under a key; without a version, how many there are. */
async function countUnder(sql: FactorsNodes['sql'], version?: number): Promise<number> {
  const { rows } = await sql.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM gatehouse_factors.otp_factors
     WHERE $1::int IS NULL OR key_version = $1`,
    [version ?? null],
  );
  return rows[0]?.count ?? 0;
}

/** Adds users with an app each, whose secrets are under the key of `setting`. */
async function addSecrets(sql: FactorsNodes['sql'], setting: string, count: number): Promise<void> {
  const ring = createKeyRing(keysSetting.parse(setting), randomBytes);
  for (let added = 0; added < count; added += 1) {
    const [userId, id] = [randomUUID(), randomUUID()];
    const { bytes, keyVersion } = ring.seal(randomBytes(20), secretContext(userId, id));
    await sql.query(
      `INSERT INTO gatehouse.users (id, username, username_key, display_name, password_hash)
       VALUES ($1::uuid, $2, $2, $2, '')`,
      [userId, `k${userId}`],
    );
    await sql.query(
      `INSERT INTO gatehouse_factors.otp_factors
         (user_id, id, name, secret, key_version, last_step, created_at)
       VALUES ($1, $2, 'app', $3, $4, 0, now())`,
      [userId, id, bytes, keyVersion],
    );
  }
}
