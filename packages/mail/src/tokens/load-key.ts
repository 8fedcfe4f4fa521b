import { hexColumn, readRow, type Sql, toHex } from 'graphql-gatehouse/package';
import { z } from 'zod';

export interface KeyOptions {
  /** `MAIL_KEY`. Undefined: a key of the database, for development. */
  readonly key: Uint8Array | undefined;
  readonly sql: Sql;
  readonly randomBytes: (size: number) => Uint8Array;
}

/** Loads the key that makes tokens. The first caller makes that of a development database. */
export async function loadKey({ key, sql, randomBytes }: KeyOptions): Promise<Uint8Array> {
  if (key !== undefined) return key;
  const { key: made } = await readRow(sql, z.object({ key: hexColumn }))`
    INSERT INTO gatehouse_mail.development_keys AS present (id, key)
    VALUES (1, decode(${toHex(randomBytes(32))}, 'hex'))
    ON CONFLICT (id) DO UPDATE SET key = present.key
    RETURNING encode(key, 'hex') AS key`;
  return made;
}
