import { z } from 'zod';
import { hexColumn, readRows, type Sql, toHex } from '../database/rows.ts';
import { createKeyRing, type FactorsKey, type KeyRing } from './key-ring.ts';

export interface KeysOptions {
  /** The keys of `FACTORS_KEYS`. Undefined: a key of the database, for development. */
  readonly keys: readonly FactorsKey[] | undefined;
  readonly sql: Sql;
  readonly randomBytes: (size: number) => Uint8Array;
}

/** Loads the keys of this installation. */
export async function loadKeys({ keys, sql, randomBytes }: KeysOptions): Promise<KeyRing> {
  return createKeyRing(keys ?? [await readDevelopmentKey(sql, randomBytes(32))], randomBytes);
}

/** Versions of `FACTORS_KEYS` begin with 1. */
export const developmentVersion = 0;

/** Reads the key of a development database, which the first caller makes. */
async function readDevelopmentKey(sql: Sql, fresh: Uint8Array): Promise<FactorsKey> {
  const [found] = await readRows(
    sql,
    z.object({ key: hexColumn }),
    `INSERT INTO gatehouse_factors.development_keys AS present (version, key)
     VALUES ($1::int, decode($2, 'hex'))
     ON CONFLICT (version) DO UPDATE SET key = present.key
     RETURNING encode(key, 'hex') AS key`,
    developmentVersion,
    toHex(fresh),
  );
  if (found === undefined) throw new Error('The key for development was not read.');
  return { version: developmentVersion, bytes: found.key };
}

/** How many secrets a version of the keys has encrypted. */
export interface KeyUse {
  readonly keyVersion: number;
  readonly count: number;
}

/** Counts the secrets that are not lost, by version of their key. */
export const countByKey = (sql: Sql): Promise<readonly KeyUse[]> =>
  readRows(
    sql,
    z.object({ keyVersion: z.number(), count: z.number() }),
    `SELECT key_version AS "keyVersion", count(*)::int AS count
     FROM gatehouse_factors.otp_factors WHERE lost_at IS NULL
     GROUP BY key_version ORDER BY key_version`,
  );

/** `FACTORS_KEYS` lacks a version that secrets in the database need. */
export class MissingKeyError extends Error {
  override readonly name = 'MissingKeyError';

  constructor(missing: readonly KeyUse[]) {
    const lines = missing.map(({ keyVersion, count }) => {
      const what = `version ${keyVersion} of ${count} authenticator app${count === 1 ? '' : 's'}`;
      return `${what}: add the key, or run \`gatehouse factors-abandon-key ${keyVersion}\` if it is lost`;
    });
    super(`FACTORS_KEYS lacks keys that secrets in the database need.\n  ${lines.join('\n  ')}`);
  }
}

/** @throws {MissingKeyError} */
export async function requireKeys(sql: Sql, { versions }: KeyRing): Promise<void> {
  const missing = (await countByKey(sql)).filter(({ keyVersion }) => !versions.has(keyVersion));
  if (missing.length > 0) throw new MissingKeyError(missing);
}
