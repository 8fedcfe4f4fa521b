import { z } from 'zod';
import { hasRows, hexColumn, readRows, type Sql, timeColumn, toHex } from '../database/rows.ts';
import type { PasskeyName } from './ceremony-options.ts';
import type { IssuedChallenge } from './challenges.ts';
import type { PasskeyCredential, VerifiedAssertion } from './verify-assertion.ts';
import type { VerifiedRegistration } from './verify-registration.ts';

/** A passkey of a user. */
export interface Passkey extends PasskeyCredential {
  readonly id: string;
  readonly userId: string;
  /** When the session that added it had proved itself by a recovery code. */
  readonly recoveredAt: Date | null;
}

const passkeySchema = z.object({
  id: z.string(),
  userId: z.string(),
  publicKey: hexColumn,
  counter: z.number(),
  recoveredAt: timeColumn.nullable(),
});

/** @param credentialId in base64url. */
export async function findPasskey(sql: Sql, credentialId: string): Promise<Passkey | undefined> {
  const [found] = await readRows(
    sql,
    passkeySchema,
    `SELECT id::text, user_id::text AS "userId", encode(public_key, 'hex') AS "publicKey",
       counter::float8 AS counter, recovered_at AS "recoveredAt"
     FROM gatehouse_factors.passkeys WHERE credential_id = decode($1, 'hex')`,
    toHex(Buffer.from(credentialId, 'base64url')),
  );
  return found && { ...found, credentialId };
}

const nameSchema = z
  .object({ credentialId: hexColumn, transports: z.string() })
  .transform(({ credentialId, transports }) => ({
    credentialId: Buffer.from(credentialId).toString('base64url'),
    transports: z.array(z.string()).parse(JSON.parse(transports)),
  }));

/** Returns the passkeys of a user, as browsers need them. */
export const listPasskeyNames = (sql: Sql, userId: string): Promise<readonly PasskeyName[]> =>
  readRows(
    sql,
    nameSchema,
    `SELECT encode(credential_id, 'hex') AS "credentialId", transports::text
     FROM gatehouse_factors.passkeys WHERE user_id = $1::uuid ORDER BY created_at, id`,
    userId,
  );

export interface PasskeyUse extends VerifiedAssertion {
  readonly passkey: Passkey;
  readonly at: Date;
}

/**
 * Remembers the counter of a passkey. Returns false when another answer with this counter or a later one was faster, or
 * the passkey was removed.
 */
export const usePasskey = (
  sql: Sql,
  { passkey, counter, isBackedUp, at }: PasskeyUse,
): Promise<boolean> =>
  hasRows(
    sql,
    `UPDATE gatehouse_factors.passkeys SET counter = $3::bigint, is_backed_up = $4::boolean,
       last_used_at = $5::timestamptz
     WHERE id = $1::uuid AND user_id = $2::uuid
       AND (counter < $3::bigint OR (counter = 0 AND $3::bigint = 0))
     RETURNING id`,
    passkey.id,
    passkey.userId,
    counter,
    isBackedUp,
    at.toISOString(),
  );

export interface NewPasskey extends VerifiedRegistration {
  readonly id: string;
  readonly userId: string;
  readonly name: string;
  readonly at: Date;
  /** As of `Passkey`. */
  readonly recoveredAt: Date | undefined;
}

/** Adds a passkey. Returns false when its credential id exists, of whatever user. */
export const addPasskey = (sql: Sql, passkey: NewPasskey): Promise<boolean> =>
  hasRows(
    sql,
    `INSERT INTO gatehouse_factors.passkeys
       (id, user_id, credential_id, public_key, counter, transports, name, is_backed_up, created_at,
        recovered_at)
     VALUES ($1::uuid, $2::uuid, decode($3, 'hex'), decode($4, 'hex'), $5::bigint, $6::jsonb, $7,
       $8::boolean, $9::timestamptz, $10::timestamptz)
     ON CONFLICT (credential_id) DO NOTHING
     RETURNING id`,
    passkey.id,
    passkey.userId,
    toHex(Buffer.from(passkey.credentialId, 'base64url')),
    toHex(passkey.publicKey),
    passkey.counter,
    JSON.stringify(passkey.transports),
    passkey.name,
    passkey.isBackedUp,
    passkey.at.toISOString(),
    passkey.recoveredAt?.toISOString() ?? null,
  );

/** Whether a challenge was spent. One that is spent at the same time may not be found: see `spendChallenge`. */
export const isSpent = (sql: Sql, { hash }: IssuedChallenge): Promise<boolean> =>
  hasRows(
    sql,
    `SELECT 1 FROM gatehouse_factors.spent_challenges WHERE hash = decode($1, 'hex')`,
    hash,
  );

/** Spends a challenge. Returns false when it was spent before. */
export const spendChallenge = (sql: Sql, { hash, expiresAt }: IssuedChallenge): Promise<boolean> =>
  hasRows(
    sql,
    `INSERT INTO gatehouse_factors.spent_challenges (hash, expires_at)
     VALUES (decode($1, 'hex'), $2::timestamptz) ON CONFLICT (hash) DO NOTHING RETURNING hash`,
    hash,
    expiresAt.toISOString(),
  );
