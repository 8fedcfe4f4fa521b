import {
  hexColumn,
  NamedError,
  readRow,
  readRows,
  type Sql,
  toHex,
} from 'graphql-gatehouse/package';
import { z } from 'zod';
import type { FactorsRuntime } from '../settings.ts';
import { createKeyRing, type FactorsKey, type KeyRing } from './key-ring.ts';

export async function loadKeys({ settings, sql, randomBytes }: FactorsRuntime): Promise<KeyRing> {
  const keys = settings.FACTORS_KEYS ?? [await readDevelopmentKey(sql, randomBytes(32))];
  return createKeyRing(keys, randomBytes);
}

/** Versions of `FACTORS_KEYS` begin with 1. */
export const developmentVersion = 0;

/** Reads the key of a development database, which the first caller makes. */
async function readDevelopmentKey(sql: Sql, fresh: Uint8Array): Promise<FactorsKey> {
  const { key: bytes } = await readRow(sql, z.object({ key: hexColumn }))`
    INSERT INTO gatehouse_factors.development_keys AS present (version, key)
    VALUES (${developmentVersion}::int, decode(${toHex(fresh)}, 'hex'))
    ON CONFLICT (version) DO UPDATE SET key = present.key
    RETURNING encode(key, 'hex') AS key`;
  return { version: developmentVersion, bytes };
}

/** How many secrets a version of the keys has encrypted, counted up to `mostCounted`. */
export interface KeyUse {
  readonly keyVersion: number;
  readonly count: number;
}

/** There can be millions of secrets, and a report needs no exact number. */
const mostCounted = 1_001;

export const describeCount = ({ count }: KeyUse): string =>
  count < mostCounted ? `${count}` : `more than ${mostCounted - 1}`;

/** Counts the secrets that are not lost, by version of their key: one step by the index for each version. */
export const countByKey = (sql: Sql): Promise<readonly KeyUse[]> =>
  readRows(sql, z.object({ keyVersion: z.number(), count: z.number() }))`
    WITH RECURSIVE versions AS (
      SELECT (SELECT min(key_version) FROM gatehouse_factors.otp_factors WHERE lost_at IS NULL) AS version
      UNION ALL
      SELECT (
        SELECT min(key_version) FROM gatehouse_factors.otp_factors
        WHERE lost_at IS NULL AND key_version > versions.version
      ) FROM versions WHERE versions.version IS NOT NULL
    )
    SELECT version AS "keyVersion", (
      SELECT count(*)::int FROM (
        SELECT FROM gatehouse_factors.otp_factors
        WHERE lost_at IS NULL AND key_version = versions.version LIMIT ${mostCounted}::int
      ) AS few
    ) AS count
    FROM versions WHERE version IS NOT NULL ORDER BY version`;

export class MissingKeyError extends NamedError {
  override readonly name = 'MissingKeyError';

  constructor(missing: readonly KeyUse[]) {
    const lines = missing.map((use) => {
      const what = `version ${use.keyVersion} of ${describeCount(use)} authenticator app${use.count === 1 ? '' : 's'}`;
      return `${what}: add the key, or run \`gatehouse factors-abandon-key ${use.keyVersion}\` if it is lost`;
    });
    super(
      'factor-key-missing',
      `FACTORS_KEYS lacks keys that secrets in the database need.\n  ${lines.join('\n  ')}`,
    );
  }
}

/** @throws {MissingKeyError} */
export async function requireKeys(sql: Sql, { versions }: KeyRing): Promise<void> {
  const missing = (await countByKey(sql)).filter(({ keyVersion }) => !versions.has(keyVersion));
  if (missing.length > 0) throw new MissingKeyError(missing);
}
