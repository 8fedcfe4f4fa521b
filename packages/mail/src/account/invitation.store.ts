import type { PageRequest } from 'graphql-gatehouse';
import {
  findRow,
  fragment,
  hasRows,
  readRows,
  runSql,
  type Sql,
  timeColumn,
} from 'graphql-gatehouse/package';
import { z } from 'zod';

const invitationSchema = z.object({
  id: z.string(),
  email: z.string(),
  groups: z.array(z.string()).readonly().nullable(),
  inviterKind: z.enum(['USER', 'API_CLIENT']),
  inviterId: z.string(),
  createdAt: timeColumn,
  expiresAt: timeColumn.nullable(),
});

export type Invitation = Readonly<z.infer<typeof invitationSchema>>;

const columns = fragment`invitation.id::text, invitation.address AS email, invitation.groups,
  invitation.inviter_kind AS "inviterKind", invitation.inviter_id::text AS "inviterId",
  invitation.created_at AS "createdAt", token.expires_at AS "expiresAt"`;

const withToken = fragment`gatehouse_mail.invitations AS invitation
  JOIN gatehouse_mail.tokens AS token ON token.invitation_id = invitation.id AND token.spent_at IS NULL`;

export interface NewInvitation
  extends Pick<Invitation, 'id' | 'groups' | 'inviterKind' | 'inviterId'> {
  readonly address: string;
  readonly addressKey: string;
  /** When the row is removed at the latest. */
  readonly endsAt: Date;
}

export const addInvitation = (
  sql: Sql,
  { groups, ...given }: NewInvitation,
  at: Date,
): Promise<void> =>
  runSql(sql)`
    INSERT INTO gatehouse_mail.invitations
      (id, address, address_key, groups, inviter_kind, inviter_id, created_at, expires_at)
    VALUES (${given.id}::uuid, ${given.address}, ${given.addressKey},
      ${groups && JSON.stringify(groups)}::text::jsonb, ${given.inviterKind}, ${given.inviterId}::uuid,
      ${at}::timestamptz, ${given.endsAt}::timestamptz)`;

export const findInvitation = (sql: Sql, id: string): Promise<Invitation | undefined> =>
  findRow(sql, invitationSchema)`
    SELECT ${columns} FROM ${withToken} WHERE invitation.id = ${id}::uuid`;

export const listInvitations = (
  sql: Sql,
  { after, limit, at }: Pick<PageRequest<Invitation>, 'after' | 'limit'> & { readonly at: Date },
): Promise<readonly Invitation[]> =>
  readRows(sql, invitationSchema)`
    SELECT ${columns} FROM ${withToken}
    WHERE (token.expires_at IS NULL OR token.expires_at > ${at}::timestamptz)
      AND (${after?.createdAt ?? null}::timestamptz IS NULL OR (invitation.created_at, invitation.id)
        > (${after?.createdAt ?? null}::timestamptz, ${after?.id ?? null}::uuid))
    ORDER BY invitation.created_at, invitation.id LIMIT ${limit}::int`;

/** Removes an invitation with its tokens. Returns false for an unknown one. */
export const removeInvitation = (sql: Sql, id: string): Promise<boolean> =>
  hasRows(sql)`DELETE FROM gatehouse_mail.invitations WHERE id = ${id}::uuid RETURNING 1`;
