import {
  findRow,
  hasRows,
  hexColumn,
  readRows,
  type Sql,
  timeColumn,
  toHex,
} from 'graphql-gatehouse/package';
import { z } from 'zod';
import type { PasskeyName } from './ceremony-options.ts';
import type { IssuedChallenge } from './challenges.ts';
import type {
  PasskeyCredential,
  VerifiedAssertion,
  VerifiedRegistration,
} from './verify-answer.ts';

const passkeySchema = z.object({
  id: z.string(),
  userId: z.string(),
  publicKey: hexColumn,
  counter: z.number(),
  /** When the session that added it had proved itself by a recovery code. */
  recoveredAt: timeColumn.nullable(),
});

export type Passkey = PasskeyCredential & Readonly<z.infer<typeof passkeySchema>>;

const fromBase64url = (id: string): string => toHex(Buffer.from(id, 'base64url'));

/** @param credentialId in base64url. */
export async function findPasskey(sql: Sql, credentialId: string): Promise<Passkey | undefined> {
  const found = await findRow(sql, passkeySchema)`
    SELECT id::text, user_id::text AS "userId", encode(public_key, 'hex') AS "publicKey",
      counter::float8 AS counter, recovered_at AS "recoveredAt"
    FROM gatehouse_factors.passkeys WHERE credential_id = decode(${fromBase64url(credentialId)}, 'hex')`;
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
  readRows(sql, nameSchema)`
    SELECT encode(credential_id, 'hex') AS "credentialId", transports::text
    FROM gatehouse_factors.passkeys WHERE user_id = ${userId}::uuid ORDER BY created_at, id`;

/**
 * Remembers the counter of a passkey. Returns false when another answer with this counter or a later one was faster, or
 * the passkey was removed.
 */
export const usePasskey = (
  sql: Sql,
  passkey: Pick<Passkey, 'id' | 'userId'>,
  { counter, isBackedUp, at }: VerifiedAssertion & { readonly at: Date },
): Promise<boolean> =>
  hasRows(sql)`
    UPDATE gatehouse_factors.passkeys SET counter = ${counter}::bigint, is_backed_up = ${isBackedUp}::boolean,
      last_used_at = ${at}::timestamptz
    WHERE id = ${passkey.id}::uuid AND user_id = ${passkey.userId}::uuid
      AND (counter < ${counter}::bigint OR (counter = 0 AND ${counter}::bigint = 0))
    RETURNING id`;

export interface NewPasskey
  extends VerifiedRegistration,
    Pick<Passkey, 'id' | 'userId' | 'recoveredAt'> {
  readonly name: string;
  readonly at: Date;
}

/** Adds a passkey. Returns false when its credential id exists, of whatever user. */
export const addPasskey = (sql: Sql, passkey: NewPasskey): Promise<boolean> =>
  hasRows(sql)`
    INSERT INTO gatehouse_factors.passkeys
      (id, user_id, credential_id, public_key, counter, transports, name, is_backed_up, created_at,
       recovered_at)
    VALUES (${passkey.id}::uuid, ${passkey.userId}::uuid, decode(${fromBase64url(passkey.credentialId)}, 'hex'),
      decode(${toHex(passkey.publicKey)}, 'hex'), ${passkey.counter}::bigint,
      ${JSON.stringify(passkey.transports)}::jsonb, ${passkey.name}, ${passkey.isBackedUp}::boolean,
      ${passkey.at}::timestamptz, ${passkey.recoveredAt}::timestamptz)
    ON CONFLICT (credential_id) DO NOTHING
    RETURNING id`;

/** Whether a challenge was spent. One that is spent at the same time may not be found: see `spendChallenge`. */
export const isSpent = (sql: Sql, { hash }: IssuedChallenge): Promise<boolean> =>
  hasRows(sql)`
    SELECT 1 FROM gatehouse_factors.spent_challenges WHERE hash = decode(${hash}, 'hex')`;

/** Spends a challenge. Returns false when it was spent before. */
export const spendChallenge = (sql: Sql, { hash, expiresAt }: IssuedChallenge): Promise<boolean> =>
  hasRows(sql)`
    INSERT INTO gatehouse_factors.spent_challenges (hash, expires_at)
    VALUES (decode(${hash}, 'hex'), ${expiresAt}::timestamptz) ON CONFLICT (hash) DO NOTHING RETURNING hash`;
