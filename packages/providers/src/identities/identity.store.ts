import {
  anyOf,
  findRow,
  fragment,
  hasRows,
  readRow,
  readRows,
  runSql,
  type Sql,
  timeColumn,
} from 'graphql-gatehouse/package';
import { z } from 'zod';

/** Who someone is at a provider. Each text is compared as bytes. */
export interface IdentityName {
  readonly provider: string;
  readonly issuer: string;
  readonly subject: string;
}

const identitySchema = z.object({
  id: z.string(),
  userId: z.string(),
  provider: z.string(),
  subject: z.string(),
  maxKinds: z.number(),
  createdAt: timeColumn,
  lastUsedAt: timeColumn.nullable(),
  disabledAt: timeColumn.nullable(),
});

/** An identity of an account. */
export type Identity = Readonly<z.infer<typeof identitySchema>>;

const columns = fragment`id::text, user_id::text AS "userId", provider, subject, max_kinds AS "maxKinds",
  created_at AS "createdAt", last_used_at AS "lastUsedAt", disabled_at AS "disabledAt"`;

/** Returns the identities of users, oldest first. */
export const listIdentities = (
  sql: Sql,
  userIds: readonly string[],
): Promise<readonly Identity[]> =>
  readRows(sql, identitySchema)`
    SELECT ${columns} FROM gatehouse_providers.identities
    WHERE user_id = ${anyOf(userIds)} ORDER BY created_at, id`;

export const findIdentity = (
  sql: Sql,
  { provider, issuer, subject }: IdentityName,
): Promise<Identity | undefined> =>
  findRow(sql, identitySchema)`
    SELECT ${columns} FROM gatehouse_providers.identities
    WHERE provider = ${provider} AND issuer = ${issuer} AND subject = ${subject}`;

interface NewIdentity extends IdentityName {
  readonly id: string;
  readonly userId: string;
  /** How many kinds of factors its log-ins count as at most. */
  readonly maxKinds: 1 | 2;
  readonly at: Date;
}

/** Gives an account an identity. Undefined: an account has it. */
export const insertIdentity = (
  sql: Sql,
  { id, userId, provider, issuer, subject, maxKinds, at }: NewIdentity,
): Promise<Identity | undefined> =>
  findRow(sql, identitySchema)`
    INSERT INTO gatehouse_providers.identities (id, user_id, provider, issuer, subject, max_kinds, created_at)
    VALUES (${id}::uuid, ${userId}::uuid, ${provider}, ${issuer}, ${subject}, ${maxKinds}::int,
      ${at}::timestamptz)
    ON CONFLICT (provider, issuer, subject) DO NOTHING
    RETURNING ${columns}`;

/** Records that an identity opened a session. Returns false when it was removed or disabled. */
export const useIdentity = (sql: Sql, { id, userId }: Pick<Identity, 'id' | 'userId'>, at: Date) =>
  hasRows(sql)`
    UPDATE gatehouse_providers.identities SET last_used_at = ${at}::timestamptz
    WHERE id = ${id}::uuid AND user_id = ${userId}::uuid AND disabled_at IS NULL RETURNING 1 AS used`;

/** Records that the groups of a log-in are given. Returns false when those of a later one were. */
export const takeGroupsTurn = (sql: Sql, id: string, begunAt: Date): Promise<boolean> =>
  hasRows(sql)`
    UPDATE gatehouse_providers.identities SET groups_at = ${begunAt}::timestamptz
    WHERE id = ${id}::uuid AND (groups_at IS NULL OR groups_at <= ${begunAt}::timestamptz) RETURNING 1 AS latest`;

/** Disables an identity, or enables it again. Undefined: the user has none with this id. */
export const setDisabled = (
  sql: Sql,
  { id, userId }: Pick<Identity, 'id' | 'userId'>,
  disabledAt: Date | null,
) =>
  findRow(sql, identitySchema)`
    UPDATE gatehouse_providers.identities
    SET disabled_at = CASE WHEN ${disabledAt}::timestamptz IS NULL THEN NULL ELSE coalesce(disabled_at, ${disabledAt}::timestamptz) END
    WHERE id = ${id}::uuid AND user_id = ${userId}::uuid RETURNING ${columns}`;

/** Returns the user of an identity. */
export const findOwner = (sql: Sql, id: string) =>
  findRow(sql, z.object({ userId: z.string() }))`
    SELECT user_id::text AS "userId" FROM gatehouse_providers.identities WHERE id = ${id}::uuid`;

/** Removes an identity of a user. Undefined: the user has none with this id. */
export const removeIdentity = (sql: Sql, { id, userId }: Pick<Identity, 'id' | 'userId'>) =>
  findRow(sql, identitySchema)`
    DELETE FROM gatehouse_providers.identities WHERE id = ${id}::uuid AND user_id = ${userId}::uuid
    RETURNING ${columns}`;

/** Removes all identities of a user, and returns their providers. Those that are disabled stay, and cannot be linked again. */
export const removeIdentities = async (sql: Sql, userId: string): Promise<readonly string[]> => {
  const removed = await readRows(sql, z.object({ provider: z.string() }))`
    DELETE FROM gatehouse_providers.identities WHERE user_id = ${userId}::uuid AND disabled_at IS NULL
    RETURNING provider`;
  return [...new Set(removed.map(({ provider }) => provider))];
};

/** Records that an account was made without a password. */
export const markWithoutPassword = (
  sql: Sql,
  { userId, passwordVersion }: { readonly userId: string; readonly passwordVersion: number },
): Promise<void> =>
  runSql(sql)`
    INSERT INTO gatehouse_providers.accounts_without_password (user_id, password_version)
    VALUES (${userId}::uuid, ${passwordVersion}::int)`;

/** What is left to log in with. */
export const readWaysIn = (
  sql: Sql,
  account: { readonly id: string; readonly passwordVersion: number },
) =>
  readRow(sql, z.object({ identities: z.number(), hasPassword: z.boolean() }))`
    SELECT
      (SELECT count(*)::int FROM gatehouse_providers.identities WHERE user_id = ${account.id}::uuid AND disabled_at IS NULL) AS identities,
      NOT EXISTS (SELECT 1 FROM gatehouse_providers.accounts_without_password
        WHERE user_id = ${account.id}::uuid AND password_version = ${account.passwordVersion}::int) AS "hasPassword"`;
