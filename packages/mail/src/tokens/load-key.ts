import { hexColumn, readRow, toHex } from 'graphql-gatehouse/package';
import { z } from 'zod';
import type { MailRuntime } from '../settings.ts';

/** Loads the key that makes tokens. The first caller makes that of a development database. */
export async function loadKey({ settings, sql, randomBytes }: MailRuntime): Promise<Uint8Array> {
  if (settings.MAIL_KEY !== undefined) return settings.MAIL_KEY;
  const { key } = await readRow(sql, z.object({ key: hexColumn }))`
    INSERT INTO gatehouse_mail.development_keys AS present (id, key)
    VALUES (1, decode(${toHex(randomBytes(32))}, 'hex'))
    ON CONFLICT (id) DO UPDATE SET key = present.key
    RETURNING encode(key, 'hex') AS key`;
  return key;
}
