import type { AccountActor, PageRequest, SqlTransaction } from 'graphql-gatehouse';
import { createRandomUuid, parseUuid, required, userOf } from 'graphql-gatehouse/package';
import { verifiedOf } from '../addresses/address.store.ts';
import type { MutationResolvers, QueryResolvers } from '../generated/resolver-types.ts';
import { parseDelivery } from '../links/delivery.ts';
import { maxAgeMs } from '../outbox/mail.ts';
import { queueMail } from '../outbox/outbox.store.ts';
import type { MailContext, Parts } from '../parts.ts';
import { invitation as invitationMail } from '../purposes.ts';
import { addToken, countTokens, liveOfAddress, maxLive } from '../tokens/token.store.ts';
import { countEntered, tooManyLinks } from './account-link.ts';
import {
  addInvitation,
  findInvitation,
  type Invitation,
  listInvitations,
  removeInvitation,
} from './invitation.store.ts';
import { createByToken } from './new-account.ts';
import { linkEnded, requireToken, spendToken } from './presented-token.ts';

const { name: purpose, link } = invitationMail;

export const invitationQueries = {
  /** A page of the invitations that can still be accepted. */
  invitations: ({ sql, now }, _args, { page }, info) =>
    page(
      info,
      { read: (asked: PageRequest<Invitation>) => listInvitations(sql, { ...asked, at: now() }) },
      { orderBy: { createdAt: 'asc' } },
    ),
} satisfies QueryResolvers;

export const invitationFields = {
  /** Sends an invitation. @throws BAD_USER_INPUT. @throws CONFLICT, TOO_MANY_LINKS. @throws RATE_LIMITED. */
  async inviteUser(parts, { input, ...given }, context) {
    const { accounts, randomBytes, settings } = parts;
    const email = accounts.parseEmail('input.email', input.email);
    const { app, locale } = parseDelivery(parts, given);
    const [id, tokenId] = [createRandomUuid(randomBytes), createRandomUuid(randomBytes)];
    const inviter = inviterOf(context);
    const [user] = await accounts.find(parts.sql, inviter.kind === 'USER' ? [inviter.id] : []);
    const groups = input.groups ?? null;
    const detail = `groups: ${groups?.join(', ') ?? 'of new users'}`;
    const event = { action: 'user.invited', subjectId: id, detail };
    return accounts.write({ context, event, grants: groups ?? [] }, async (sql, at) => {
      const address = { address: email.text, addressKey: email.key };
      // Its lock lets one transaction at a time count the links of an address. Those that were cancelled count here alone.
      await countEntered(parts, sql, { email, at });
      const live = await countTokens(sql, liveOfAddress({ addressKey: email.key, purpose }, at));
      if (live >= maxLive) throw tooManyLinks(parts);
      const lastMs = link.lifeSeconds(settings) * 1000 + maxAgeMs.ACCOUNT;
      const endsAt = new Date(at.getTime() + lastMs);
      const by = { inviterKind: inviter.kind, inviterId: inviter.id };
      await addInvitation(sql, { id, groups, endsAt, ...by, ...address }, at);
      const values = user === undefined ? {} : { inviter: user.displayName };
      const to = { address: email.text, app, locale };
      const mailId = await queueMail(sql, { queue: 'ACCOUNT', purpose, values, ...to }, at);
      const token = { id: tokenId, mailId, purpose, invitationId: id, locale };
      await addToken(sql, { ...token, ...address }, at);
      return { id, email: email.text, groups, ...by, createdAt: at, expiresAt: null };
    });
  },

  /** Ends an invitation, and returns its id. @throws NOT_FOUND. */
  async cancelInvitation({ accounts, errors }, given, context) {
    const id = parseUuid(given.id);
    if (id === undefined) throw errors.notFound('id');
    const event = { action: 'invitation.cancelled', subjectId: id };
    await accounts.write({ context, event }, async (sql) => {
      if (!(await removeInvitation(sql, id))) throw errors.notFound('id');
    });
    return id;
  },

  /**
   * Accepts an invitation with a new account, and returns the username.
   *
   * @throws CONFLICT: LINK_ENDED, HAS_ACCOUNT or INVITER_MAY_NOT. @throws the error of the proof.
   */
  async acceptInvitation(parts, { proof, challenge, password = null, ...names }, context) {
    if ((password === null) === (proof == null)) {
      throw parts.errors.badInput('password', 'Choose a password, or send a proof.');
    }
    const { token, invitation, groups, grantedBy } = await requireInvitation(parts, names.token);
    const chosen = { ...names, password };
    const by = { groups, grantedBy, ...(proof == null ? {} : { proof: { proof, challenge } }) };
    const action = 'invitation.accepted';
    const after = (sql: SqlTransaction) => accept(parts, sql, invitation);
    return createByToken(parts, { chosen, token, context, action, after, ...by });
  },

  /**
   * Accepts an invitation with the account that has verified its address: adds the groups. Returns the user.
   *
   * @throws CONFLICT: LINK_ENDED, OTHER_ADDRESS or INVITER_MAY_NOT.
   */
  async joinByInvitation(parts, { token: text }, context) {
    const { accounts, errors } = parts;
    const { userId } = userOf(context.viewer);
    const { token, invitation, groups, grantedBy } = await requireInvitation(parts, text);
    const change = { context, userId, event: { action: 'invitation.accepted' } } as const;
    await accounts.change({ ...change, ends: 'none' }, async (sql, { account, at, grant }) => {
      const verified = await verifiedOf(sql, account);
      if (verified?.addressKey !== token.addressKey) {
        const message = 'This account has not verified the invited address.';
        throw errors.conflict('OTHER_ADDRESS', message);
      }
      await spendToken(parts, sql, { token, at });
      await accept(parts, sql, invitation);
      await grant(groups ?? [], grantedBy);
    });
    return required(context.load.users(userId));
  },
} satisfies MutationResolvers;

function inviterOf({ viewer }: MailContext): AccountActor {
  if (viewer.kind === 'user') return { kind: 'USER', id: viewer.userId };
  if (viewer.kind === 'apiClient') return { kind: 'API_CLIENT', id: viewer.clientId };
  throw new Error('The field requires a viewer, but no guard enforces it.');
}

/** Finds the invitation of a live token, and what it gives. @throws CONFLICT, LINK_ENDED. */
async function requireInvitation(parts: Parts, text: string) {
  const token = await requireToken(parts, invitationMail, text);
  const id = token.invitationId;
  const invitation = id === null ? undefined : await findInvitation(parts.sql, id);
  if (invitation === undefined) throw linkEnded(parts);
  const grantedBy = { kind: invitation.inviterKind, id: invitation.inviterId };
  return { token, invitation, groups: invitation.groups, grantedBy };
}

const inviteOperation = 'mutation ($input: InviteUserInput!) { inviteUser(input: $input) { id } }';

/**
 * Removes an invitation that is accepted, if its inviter could send it now, by groups that it has held since: an invitation
 * ends with the right of its inviter, also when the right comes back.
 *
 * @throws CONFLICT, INVITER_MAY_NOT.
 */
async function accept(
  { accounts, errors }: Parts,
  sql: SqlTransaction,
  invitation: Invitation,
): Promise<void> {
  const { email, groups, inviterKind: kind, inviterId: id, createdAt: since } = invitation;
  const input = groups === null ? { email } : { email, groups };
  const operation = { text: inviteOperation, variables: { input }, grants: groups ?? [], since };
  if (!(await accounts.mayRun(sql, { kind, id }, operation))) {
    const message = 'The person who sent this invitation may not give these groups any more.';
    throw errors.conflict('INVITER_MAY_NOT', message);
  }
  await removeInvitation(sql, invitation.id);
}
