import { randomBytes, randomUUID } from 'node:crypto';
import { createKeyRing } from '../../../packages/factors/src/keys/key-ring.ts';
import { keysSetting } from '../../../packages/factors/src/keys/keys-setting.ts';
import { secretContext } from '../../../packages/factors/src/totp/otp.store.ts';
import { type Gatehouse, inProject } from '../process.ts';
import type { Rounds } from '../rounds.ts';
import { prepareNodes } from '../two-nodes.ts';
import { type Kill, killAt, startVictim } from '../victims.ts';
import { unopenedSecrets } from './account-state.ts';
import { type FactorsNodes, startFactorsNodes } from './factors-nodes.ts';

/** A kill of a rotation. */
export interface RotationKill extends Kill {
  /** How many secrets are under the new key after it. */
  readonly rotated: number;
}

/** Kills every few secrets, before or after the statement that writes one, while as many are left. */
export function rotationKills(secrets: number, step: number): readonly RotationKill[] {
  const kills: RotationKill[] = [];
  for (let rotated = 0; rotated + step < secrets; ) {
    const moment = kills.length % 2 === 0 ? 'before' : 'after';
    rotated += moment === 'after' ? step : step - 1;
    kills.push({ moment, number: step, rotated });
  }
  return kills;
}

interface RotationWorld extends FactorsNodes {
  readonly keys: string;
  readonly newKey: string;
}

/**
 * Rotates the key of many secrets by a command that is killed by SIGKILL again and again. After each kill all secrets
 * must open, and none that was encrypted may be so again.
 */
export const rotations = (
  gatehouse: Gatehouse,
  secrets: number,
): Rounds<RotationWorld, RotationKill> => {
  const { start, runHere } = inProject(gatehouse, import.meta.dirname);
  const command = ['factors-rotate-key'];
  return {
    async start() {
      const nodes = await startFactorsNodes(gatehouse, prepareNodes);
      const oldKeys = nodes.environment.FACTORS_KEYS ?? '';
      await addSecrets(nodes.sql, oldKeys, secrets);
      const newKey = `2:${randomBytes(32).toString('base64url')}`;
      return { ...nodes, keys: `${oldKeys},${newKey}`, newKey };
    },
    async work({ sql, environment, nodeUrl, keys }, { rotated, ...kill }, found) {
      const victim = await startVictim(nodeUrl, (proxied) =>
        start(command, { ...environment, ...proxied, FACTORS_KEYS: keys }),
      );
      const { result } = await killAt(
        victim,
        { ...kill, isCounted: isRotation },
        () => victim.process.exited,
      );
      found.check(result.signal === 'SIGKILL', `not reached: ${result.stderr}`);
      const count = await countRotated(sql);
      found.check(count === rotated, `${count} instead of ${rotated}`);
      found.measure('rotated', count);
      for (const userId of await unopenedSecrets(sql, keys)) found.fault(`secret of ${userId}`);
    },
    async end({ sql, environment, keys, newKey }, found) {
      const left = secrets - (await countRotated(sql));
      for (const [FACTORS_KEYS, count] of [
        [keys, left],
        [newKey, 0],
      ] as const) {
        const { code, stdout, stderr } = await runHere(command, { ...environment, FACTORS_KEYS });
        const isRight = code === 0 && stdout.includes(`encrypted ${count} secrets under version 2`);
        found.check(isRight, `${count} left: ${code} ${stdout} ${stderr}`);
      }
      const unopened = await unopenedSecrets(sql, newKey);
      found.check(unopened.length === 0, `${unopened.length} need the old key`);
    },
    figure: (found) =>
      `${secrets} secrets, ${found.rounds} kills of the rotation, the last at ${found.most('rotated')}: ` +
      `${found.faults.length} faults`,
  };
};

const isRotation = (statement: string): boolean =>
  statement.startsWith('UPDATE gatehouse_factors.otp_factors SET secret');

/** How many secrets are under the new key. */
async function countRotated(sql: FactorsNodes['sql']): Promise<number> {
  const { rows } = await sql.query<{ count: number }>(
    'SELECT count(*)::int AS count FROM gatehouse_factors.otp_factors WHERE key_version = 2',
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
