import type { SqlTransaction } from 'graphql-gatehouse';
import { createRandomUuid, parseUuid, userOf } from 'graphql-gatehouse/package';
import { verifiedOf } from '../addresses/address.store.ts';
import type { MailContext } from '../context.ts';
import { type Delivery, parseDelivery } from '../links/delivery.ts';
import { maxAgeMs } from '../outbox/max-age.ts';
import { queueMail } from '../outbox/outbox.store.ts';
import type { Parts } from '../parts.ts';
import { invitation as purpose } from '../purposes.ts';
import { addToken, countLiveOfAddress, maxLive } from '../tokens/token.store.ts';
import { countEntered, tooManyLinks } from './account-link.ts';
import {
  addInvitation,
  findInvitation,
  type Invitation,
  removeInvitation,
} from './invitation.store.ts';
import { type ChosenAccount, createByToken } from './new-account.ts';
import {
  type HasToken,
  linkEnded,
  type PresentedToken,
  requireToken,
  spendToken,
} from './presented-token.ts';

/** The arguments of `inviteUser`. */
export interface Invite extends Delivery {
  readonly input: { readonly email: string; readonly groups?: readonly string[] | null };
}

/** Sends an invitation. @throws BAD_USER_INPUT. @throws CONFLICT, TOO_MANY_LINKS. @throws RATE_LIMITED. */
export async function invite(
  parts: Parts,
  { input, ...given }: Invite,
  context: MailContext,
): Promise<Invitation> {
  const { accounts, randomBytes, settings } = parts;
  const email = accounts.parseEmail('input.email', input.email);
  const { app, locale } = parseDelivery(parts, given);
  const id = createRandomUuid(randomBytes);
  const inviter = inviterOf(context);
  const [user] = await accounts.find(
    parts.sql,
    inviter.inviterKind === 'USER' ? [inviter.inviterId] : [],
  );
  const values = user === undefined ? {} : { inviter: user.displayName };
  const groups = input.groups ?? null;
  const event = {
    action: 'user.invited',
    subjectId: id,
    detail: `groups: ${groups?.join(', ') ?? 'of new users'}`,
  };
  return accounts.write({ context, event, grants: groups ?? [] }, async (sql, at) => {
    const address = { address: email.text, addressKey: email.key };
    const target = { addressKey: email.key, purpose: purpose.name };
    // Its lock lets one transaction at a time count the links of an address. Those that were cancelled count here alone.
    await countEntered(parts, sql, { email, at });
    if ((await countLiveOfAddress(sql, target, at)) >= maxLive) throw tooManyLinks(parts);
    const lastMs = purpose.link.lifeSeconds(settings) * 1000 + maxAgeMs.ACCOUNT;
    const endsAt = new Date(at.getTime() + lastMs);
    await addInvitation(sql, { id, groups, endsAt, ...inviter, ...address }, at);
    const mail = {
      queue: 'ACCOUNT',
      purpose: purpose.name,
      address: email.text,
      app,
      locale,
      values,
    } as const;
    const mailId = await queueMail(sql, mail, at);
    const token = { mailId, purpose: purpose.name, invitationId: id, locale };
    await addToken(sql, { id: createRandomUuid(randomBytes), ...token, ...address }, at);
    return { id, email: email.text, groups, ...inviter, createdAt: at, expiresAt: null };
  });
}

function inviterOf({ viewer }: MailContext): Pick<Invitation, 'inviterKind' | 'inviterId'> {
  if (viewer.kind === 'user') return { inviterKind: 'USER', inviterId: viewer.userId };
  if (viewer.kind === 'apiClient') return { inviterKind: 'API_CLIENT', inviterId: viewer.clientId };
  throw new Error('The field requires a viewer, but no guard enforces it.');
}

/** Ends an invitation, and returns its id. @throws NOT_FOUND. */
export async function cancelInvitation(
  { accounts, errors }: Parts,
  given: { readonly id: string },
  context: MailContext,
): Promise<string> {
  const id = parseUuid(given.id);
  if (id === undefined) throw errors.notFound('id');
  const event = { action: 'invitation.cancelled', subjectId: id };
  await accounts.write({ context, event }, async (sql) => {
    if (!(await removeInvitation(sql, id))) throw errors.notFound('id');
  });
  return id;
}

/**
 * Accepts an invitation with a new account, and returns the user name.
 *
 * @throws CONFLICT: LINK_ENDED, HAS_ACCOUNT or INVITER_MAY_NOT.
 */
export async function acceptInvitation(
  parts: Parts,
  chosen: ChosenAccount,
  context: MailContext,
): Promise<string> {
  const token = await requireToken(parts, purpose, chosen.token);
  const invitation = await requireInvitation(parts, token);
  const { groups, inviterKind: kind, inviterId: id } = invitation;
  await createByToken(parts, {
    chosen,
    token,
    context,
    groups,
    grantedBy: { kind, id },
    action: 'invitation.accepted',
    async after(sql) {
      await requireInviter(parts, sql, invitation);
      await removeInvitation(sql, invitation.id);
    },
  });
  return chosen.username;
}

/**
 * Accepts an invitation with the account that has verified its address: adds the groups. Returns the user.
 *
 * @throws CONFLICT: LINK_ENDED, OTHER_ADDRESS or INVITER_MAY_NOT.
 */
export async function joinByInvitation(
  parts: Parts,
  { token: text }: HasToken,
  context: MailContext,
) {
  const { accounts, errors } = parts;
  const { userId } = userOf(context.viewer);
  const token = await requireToken(parts, purpose, text);
  const invitation = await requireInvitation(parts, token);
  const { groups, inviterKind: kind, inviterId: id } = invitation;
  const event = { action: 'invitation.accepted' };
  const change = { context, userId, event, ends: 'none' } as const;
  await accounts.change(change, async (sql, { account, at, grant }) => {
    const verified = await verifiedOf(sql, account);
    if (verified?.addressKey !== token.addressKey) {
      throw errors.conflict('OTHER_ADDRESS', 'This account has not verified the invited address.');
    }
    await spendToken(parts, sql, { token, at });
    await requireInviter(parts, sql, invitation);
    await grant(groups ?? [], { kind, id });
    await removeInvitation(sql, invitation.id);
  });
  return context.load.users(userId);
}

async function requireInvitation(parts: Parts, token: PresentedToken): Promise<Invitation> {
  const { invitationId } = token;
  const found = invitationId === null ? undefined : await findInvitation(parts.sql, invitationId);
  if (found === undefined) throw linkEnded(parts);
  return found;
}

const inviteOperation = 'mutation ($input: InviteUserInput!) { inviteUser(input: $input) { id } }';

/**
 * Requires that the inviter could send the invitation now, by groups that it has held since. An invitation ends with the
 * right of its inviter, also when the right comes back.
 */
async function requireInviter(
  { accounts, errors }: Parts,
  sql: SqlTransaction,
  { email, groups, inviterKind: kind, inviterId: id, createdAt: since }: Invitation,
): Promise<void> {
  const grants = groups ?? [];
  const input = groups === null ? { email } : { email, groups };
  const operation = { text: inviteOperation, variables: { input }, grants, since };
  if (await accounts.mayRun(sql, { kind, id }, operation)) return;
  throw errors.conflict(
    'INVITER_MAY_NOT',
    'The person who sent this invitation may not give these groups any more.',
  );
}
