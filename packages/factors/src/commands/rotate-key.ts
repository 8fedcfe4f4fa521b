import { hexColumn, readRows, runSql, type Sql, toHex } from 'graphql-gatehouse/package';
import { z } from 'zod';
import type { KeyRing } from '../keys/key-ring.ts';
import { requireKeys } from '../keys/load-keys.ts';
import { secretContext } from '../totp/otp.store.ts';

const batchSize = 100;

/**
 * Encrypts all secrets under the newest key. Each secret is one statement, so that it may be stopped and run again at any
 * time. Returns how many were encrypted, and how many could not be decrypted.
 *
 * @throws {MissingKeyError}
 */
export async function rotateKey({ sql, keys }: { readonly sql: Sql; readonly keys: KeyRing }) {
  await requireKeys(sql, keys);
  let after = '00000000-0000-0000-0000-000000000000';
  const rotated = { done: 0, failed: 0 };
  for (;;) {
    const batch = await readBatch(sql, keys, after);
    for (const secret of batch) {
      if (await rotate(sql, keys, secret)) rotated.done += 1;
      else rotated.failed += 1;
      after = secret.id;
    }
    if (batch.length < batchSize) return rotated;
  }
}

const secretSchema = z.object({
  userId: z.string(),
  id: z.string(),
  bytes: hexColumn,
  keyVersion: z.number(),
});

const readBatch = (sql: Sql, { newestVersion }: KeyRing, after: string) =>
  readRows(sql, secretSchema)`
    SELECT user_id::text AS "userId", id::text, encode(secret, 'hex') AS bytes,
      key_version AS "keyVersion"
    FROM gatehouse_factors.otp_factors
    WHERE key_version <> ${newestVersion}::int AND lost_at IS NULL AND id > ${after}::uuid
    ORDER BY id LIMIT ${batchSize}::int`;

/** Returns false when the secret cannot be decrypted. One that was removed meanwhile needs nothing. */
async function rotate(sql: Sql, keys: KeyRing, found: z.infer<typeof secretSchema>) {
  const context = secretContext(found.userId, found.id);
  const secret = keys.open(found, context);
  if (secret === undefined) return false;
  const sealed = keys.seal(secret, context);
  await runSql(sql)`
    UPDATE gatehouse_factors.otp_factors SET secret = decode(${toHex(sealed.bytes)}, 'hex'),
      key_version = ${sealed.keyVersion}::int
    WHERE user_id = ${found.userId}::uuid AND id = ${found.id}::uuid
      AND key_version = ${found.keyVersion}::int`;
  return true;
}
