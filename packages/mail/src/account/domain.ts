import type { Domain } from 'graphql-gatehouse';
import { findAddresses, isCurrent } from '../addresses/address.store.ts';
import { type MailContext, userIdOf } from '../context.ts';
import type { Delivery } from '../links/delivery.ts';
import type { MailRuntime, Parts, PartsOf } from '../parts.ts';
import {
  createWarnWhenFull,
  type Requesting,
  request,
  type WarnWhenFull,
} from '../requests/requests.ts';
import {
  confirmEmailChange,
  declineUndo,
  type NewEmail,
  requestEmailChange,
  undoEmailChange,
} from './change-email.ts';
import { type Invitation, listInvitations } from './invitation.store.ts';
import {
  acceptInvitation,
  cancelInvitation,
  type Invite,
  invite,
  joinByInvitation,
} from './invitations.ts';
import { type ChosenAccount, completeSignUp } from './new-account.ts';
import { type ResetByMail, type ResetFor, resetByMail, sendReset } from './reset.ts';
import { signUpTypeDefs, typeDefs } from './type-defs.ts';
import { requestVerification, verifyAddress } from './verification.ts';

export interface MailDomainOptions {
  readonly runtime: () => MailRuntime;
  readonly partsOf: PartsOf;
  readonly hasSignUp: boolean;
}

/** What costs a hash of a password, as logins do. */
const hashCost = 100;

/** Creates the types and fields of accounts by mail. */
export function createMailDomain({
  runtime,
  partsOf,
  hasSignUp,
}: MailDomainOptions): Domain<MailContext> {
  const parts = () => partsOf(runtime());
  const ask = createAsk(parts);
  return {
    name: 'mail',
    typeDefs: hasSignUp ? `${typeDefs}${signUpTypeDefs}` : typeDefs,
    resolvers: {
      Query: createQueries(parts),
      Mutation: Object.assign(
        { requestPasswordReset: ask('reset') },
        createOwnMutations(parts),
        createLinkMutations(parts),
        createAdministration(parts),
        hasSignUp ? createSignUp(parts, ask) : {},
      ),
      User: {
        emailVerifiedAt: ({ id }: HasId, _args: unknown, { load }: MailContext) =>
          load.emailVerifiedAtOfUser(id),
      },
      Invitation: {
        invitedBy: (
          { inviterKind, inviterId }: Invitation,
          _args: unknown,
          { load }: MailContext,
        ) => (inviterKind === 'USER' ? load.users(inviterId) : null),
      },
    },
    loaders: {
      emailVerifiedAtOfUser: { batch: (ids: readonly string[]) => findVerifiedAt(runtime(), ids) },
    },
    costs: {
      'Mutation.changeEmail': hashCost,
      'Mutation.resetPasswordByMail': hashCost,
      'Mutation.acceptInvitation': hashCost,
      ...(hasSignUp ? { 'Mutation.completeSignUp': hashCost } : {}),
    },
  };
}

interface HasId {
  readonly id: string;
}

interface HasToken {
  readonly token: string;
}

type GetParts = () => Promise<Parts>;

async function findVerifiedAt(
  { sql, accounts }: MailRuntime,
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

const createQueries = (parts: GetParts) => ({
  async invitations(
    _query: unknown,
    _args: unknown,
    { page }: MailContext,
    info: Parameters<MailContext['page']>[0],
  ) {
    const { sql, now } = await parts();
    return page(
      info,
      {
        read: ({ after, limit }: PageOf) => listInvitations(sql, { after, limit, at: now() }),
      },
      { orderBy: { createdAt: 'asc' } },
    );
  },
});

interface PageOf {
  readonly after: { readonly createdAt?: Date; readonly id?: string } | undefined;
  readonly limit: number;
}

/** Creates the resolvers of requests, which share one warning. */
function createAsk(parts: GetParts) {
  let warning: WarnWhenFull | undefined;
  return (purpose: 'reset' | 'sign-up') =>
    async (_mutation: unknown, args: Requesting, context: MailContext): Promise<boolean> => {
      const found = await parts();
      warning ??= createWarnWhenFull(found);
      const asked = Object.assign({ purpose }, args);
      await request(Object.assign({}, found, { warnWhenFull: warning }), asked, context);
      return true;
    };
}

const createSignUp = (parts: GetParts, ask: ReturnType<typeof createAsk>) => ({
  signUp: ask('sign-up'),
  completeSignUp: async (_mutation: unknown, args: ChosenAccount, context: MailContext) =>
    completeSignUp(await parts(), args, context),
});

const createOwnMutations = (parts: GetParts) => ({
  async requestEmailVerification(_mutation: unknown, args: Delivery, context: MailContext) {
    await requestVerification(await parts(), args, context);
    return true;
  },
  async changeEmail(_mutation: unknown, args: NewEmail, context: MailContext) {
    await requestEmailChange(await parts(), args, context);
    return true;
  },
  async declineEmailUndo(_mutation: unknown, _args: unknown, context: MailContext) {
    await declineUndo(await parts(), context);
    return true;
  },
  async joinByInvitation(_mutation: unknown, { token }: HasToken, context: MailContext) {
    await joinByInvitation(await parts(), token, context);
    return context.load.users(userIdOf(context));
  },
});

/** What pages do with the token of a link. */
const createLinkMutations = (parts: GetParts) => ({
  async resetPasswordByMail(_mutation: unknown, args: ResetByMail, context: MailContext) {
    await resetByMail(await parts(), args, context);
    return true;
  },
  acceptInvitation: async (_mutation: unknown, args: ChosenAccount, context: MailContext) =>
    acceptInvitation(await parts(), args, context),
  async verifyEmail(_mutation: unknown, { token }: HasToken, context: MailContext) {
    await verifyAddress(await parts(), token, context);
    return true;
  },
  async confirmEmail(_mutation: unknown, { token }: HasToken, context: MailContext) {
    await confirmEmailChange(await parts(), token, context);
    return true;
  },
  async undoEmailChange(_mutation: unknown, { token }: HasToken, context: MailContext) {
    await undoEmailChange(await parts(), token, context);
    return true;
  },
});

const createAdministration = (parts: GetParts) => ({
  inviteUser: async (_mutation: unknown, args: Invite, context: MailContext) =>
    invite(await parts(), args, context),
  cancelInvitation: async (_mutation: unknown, { id }: HasId, context: MailContext) =>
    cancelInvitation(await parts(), id, context),
  async sendPasswordReset(_mutation: unknown, args: ResetFor, context: MailContext) {
    await sendReset(await parts(), args, context);
    return true;
  },
});
