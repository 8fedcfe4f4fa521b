import type { Domain, GatehouseContext } from 'graphql-gatehouse';
import { withParts } from 'graphql-gatehouse/package';
import { findAddresses, isCurrent } from '../addresses/address.store.ts';
import type { MailContext } from '../context.ts';
import type { Parts } from '../parts.ts';
import { reset, signUp } from '../purposes.ts';
import { request } from '../requests/requests.ts';
import {
  confirmEmailChange,
  declineUndo,
  requestEmailChange,
  undoEmailChange,
} from './change-email.ts';
import { type Invitation, listInvitations } from './invitation.store.ts';
import { acceptInvitation, cancelInvitation, invite, joinByInvitation } from './invitations.ts';
import { completeSignUp } from './new-account.ts';
import { resetByMail, sendReset } from './reset.ts';
import { signUpTypeDefs, typeDefs } from './type-defs.ts';
import { requestVerification, verifyAddress } from './verification.ts';

/** What costs a hash of a password, as logins do. */
const hashCost = 100;

/** Creates the types and fields of accounts by mail. */
export const createMailDomain = (
  parts: () => Promise<Parts>,
  { hasSignUp }: { readonly hasSignUp: boolean },
): Domain<MailContext> => ({
  name: 'mail',
  typeDefs: hasSignUp ? `${typeDefs}${signUpTypeDefs}` : typeDefs,
  resolvers: {
    Query: withParts(parts, { invitations }),
    Mutation: withParts(parts, {
      requestPasswordReset: request(reset),
      requestEmailVerification: requestVerification,
      changeEmail: requestEmailChange,
      declineEmailUndo: declineUndo,
      joinByInvitation,
      resetPasswordByMail: resetByMail,
      acceptInvitation,
      verifyEmail: verifyAddress,
      confirmEmail: confirmEmailChange,
      undoEmailChange,
      inviteUser: invite,
      cancelInvitation,
      sendPasswordReset: sendReset,
      ...(hasSignUp ? { signUp: request(signUp), completeSignUp } : {}),
    }),
    User: {
      emailVerifiedAt: ({ id }: { readonly id: string }, _args: unknown, { load }: MailContext) =>
        load.emailVerifiedAtOfUser(id),
    },
    Invitation: {
      invitedBy: ({ inviterKind, inviterId }: Invitation, _args: unknown, { load }: MailContext) =>
        inviterKind === 'USER' ? load.users(inviterId) : null,
    },
  },
  loaders: {
    emailVerifiedAtOfUser: {
      batch: async (ids: readonly string[]) => findVerifiedAt(await parts(), ids),
    },
  },
  costs: {
    'Mutation.changeEmail': hashCost,
    'Mutation.resetPasswordByMail': hashCost,
    'Mutation.acceptInvitation': hashCost,
    ...(hasSignUp ? { 'Mutation.completeSignUp': hashCost } : {}),
  },
});

async function findVerifiedAt(
  { sql, accounts }: Parts,
  ids: readonly string[],
): Promise<readonly (Date | null)[]> {
  const verified = new Map((await findAddresses(sql, ids)).map((each) => [each.userId, each]));
  const found = new Map((await accounts.find(sql, ids)).map((each) => [each.id, each]));
  return ids.map((id) => {
    const [address, account] = [verified.get(id), found.get(id)];
    return address !== undefined && account !== undefined && isCurrent(address, account)
      ? address.verifiedAt
      : null;
  });
}

interface PageOf {
  readonly after: { readonly createdAt?: Date; readonly id?: string } | undefined;
  readonly limit: number;
}

const invitations = (
  { sql, now }: Parts,
  _args: object,
  { page }: MailContext,
  info: Parameters<GatehouseContext['page']>[0],
) =>
  page(
    info,
    { read: ({ after, limit }: PageOf) => listInvitations(sql, { after, limit, at: now() }) },
    { orderBy: { createdAt: 'asc' } },
  );
