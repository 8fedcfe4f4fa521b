import { z } from 'zod';
import { hasRows, readRows, type Sql, timeColumn } from '../database/rows.ts';

/** An invitation that was not accepted. */
export interface Invitation {
  readonly id: string;
  readonly email: string;
  readonly groups: readonly string[] | null;
  readonly inviterKind: 'USER' | 'API_CLIENT';
  readonly inviterId: string;
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
}

const invitationSchema = z.object({
  id: z.string(),
  email: z.string(),
  groups: z.array(z.string()).nullable(),
  inviterKind: z.enum(['USER', 'API_CLIENT']),
  inviterId: z.string(),
  createdAt: timeColumn,
  expiresAt: timeColumn.nullable(),
});

const columns = `invitation.id::text, invitation.address AS email, invitation.groups,
  invitation.inviter_kind AS "inviterKind", invitation.inviter_id::text AS "inviterId",
  invitation.created_at AS "createdAt", token.expires_at AS "expiresAt"`;

const withToken = `gatehouse_mail.invitations AS invitation
  JOIN gatehouse_mail.tokens AS token ON token.invitation_id = invitation.id AND token.spent_at IS NULL`;

export interface NewInvitation
  extends Pick<Invitation, 'id' | 'groups' | 'inviterKind' | 'inviterId'> {
  readonly address: string;
  readonly addressKey: string;
  /** When the row is removed at the latest. */
  readonly endsAt: Date;
}

export async function addInvitation(sql: Sql, invitation: NewInvitation, at: Date): Promise<void> {
  const { id, address, addressKey, groups, inviterKind, inviterId, endsAt } = invitation;
  await readRows(
    sql,
    z.unknown(),
    `INSERT INTO gatehouse_mail.invitations
       (id, address, address_key, groups, inviter_kind, inviter_id, created_at, expires_at)
     VALUES ($1::uuid, $2, $3, $4::text::jsonb, $5, $6::uuid, $7::timestamptz, $8::timestamptz)`,
    id,
    address,
    addressKey,
    groups === null ? null : JSON.stringify(groups),
    inviterKind,
    inviterId,
    at.toISOString(),
    endsAt.toISOString(),
  );
}

export async function findInvitation(sql: Sql, id: string): Promise<Invitation | undefined> {
  const [found] = await readRows(
    sql,
    invitationSchema,
    `SELECT ${columns} FROM ${withToken} WHERE invitation.id = $1::uuid`,
    id,
  );
  return found;
}

/** A page of invitations that can still be accepted, oldest first. */
export interface InvitationPage {
  readonly after: { readonly createdAt?: Date; readonly id?: string } | undefined;
  readonly limit: number;
  readonly at: Date;
}

export const listInvitations = (
  sql: Sql,
  { after, limit, at }: InvitationPage,
): Promise<readonly Invitation[]> =>
  readRows(
    sql,
    invitationSchema,
    `SELECT ${columns} FROM ${withToken}
     WHERE (token.expires_at IS NULL OR token.expires_at > $1::timestamptz)
       AND ($2::timestamptz IS NULL OR (invitation.created_at, invitation.id) > ($2::timestamptz, $3::uuid))
     ORDER BY invitation.created_at, invitation.id LIMIT $4::int`,
    at.toISOString(),
    after?.createdAt?.toISOString() ?? null,
    after?.id ?? null,
    limit,
  );

/** Removes an invitation with its tokens. Returns false for an unknown one. */
export const removeInvitation = (sql: Sql, id: string): Promise<boolean> =>
  hasRows(sql, 'DELETE FROM gatehouse_mail.invitations WHERE id = $1::uuid RETURNING 1', id);
