import type { Prisma } from '../../database/generated/client.ts';
import { settledColumn } from '../settled.ts';

/** The columns of an API client, except the secret's hash. */
export const apiClientFields = {
  id: true,
  name: true,
  groups: true,
  createdAt: true,
  disabledAt: true,
  lastUsedAt: true,
} as const satisfies Prisma.ApiClientSelect;

export interface SignInRecord {
  readonly id: string;
  /** With those that they imply. */
  readonly groups: readonly string[];
  /** Those that it was granted. */
  readonly granted: readonly string[];
  readonly secretHash: Uint8Array<ArrayBuffer>;
  readonly lastUsedAt: Date | null;
  /** Absent: there is no replica. */
  readonly hasSettled?: boolean;
}

const signInText = (columns: string) => `
    SELECT client.id, client.groups, client.secret_hash AS "secretHash", ${columns}
      client.last_used_at AS "lastUsedAt"
    FROM gatehouse.api_clients AS client
    WHERE client.id = ANY ($1::uuid[]) AND client.disabled_at IS NULL`;

/** Clients that are not disabled, by their ids. */
export const signIn = { name: 'gatehouse_sign_in', text: signInText('') };
/** The same, and whether they have no event since the id `$2`. */
export const settledSignIn = {
  name: 'gatehouse_sign_in_settled',
  text: signInText(`${settledColumn('client.id', '$2')},`),
};

export type ApiClientRecord = Prisma.ApiClientGetPayload<{ select: typeof apiClientFields }>;
