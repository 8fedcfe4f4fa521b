import { z } from 'zod';
import { hexColumn, readRows, type Sql, toHex } from '../database/rows.ts';

export interface KeyOptions {
  /** `MAIL_KEY`. Undefined: a key of the database, for development. */
  readonly key: Uint8Array | undefined;
  readonly sql: Sql;
  readonly randomBytes: (size: number) => Uint8Array;
}

/** Loads the key that makes tokens. The first caller makes that of a development database. */
export async function loadKey({ key, sql, randomBytes }: KeyOptions): Promise<Uint8Array> {
  if (key !== undefined) return key;
  const [found] = await readRows(
    sql,
    z.object({ key: hexColumn }),
    `INSERT INTO gatehouse_mail.development_keys AS present (id, key)
     VALUES (1, decode($1, 'hex'))
     ON CONFLICT (id) DO UPDATE SET key = present.key
     RETURNING encode(key, 'hex') AS key`,
    toHex(randomBytes(32)),
  );
  if (found === undefined) throw new Error('The key for development was not read.');
  return found.key;
}
