import { readFileSync } from 'node:fs';
import type { Domain } from 'graphql-gatehouse';
import { withParts } from 'graphql-gatehouse/package';
import { findVerified } from '../addresses/holders.ts';
import type { Resolvers } from '../generated/resolver-types.ts';
import type { MailContext, Parts } from '../parts.ts';
import { reset, signUp } from '../purposes.ts';
import { request } from '../requests/requests.ts';
import { changeEmailFields } from './change-email.ts';
import { invitationFields, invitationQueries } from './invitations.ts';
import { signUpFields } from './new-account.ts';
import { resetFields } from './reset.ts';
import { verificationFields } from './verification.ts';

/** What costs a hash of a password, as logins do. */
const hashCost = 100;

const sdl = (name: string): string =>
  readFileSync(new URL(`../../schema/${name}.graphql`, import.meta.url), 'utf8');

const types = {
  User: {
    emailVerifiedAt: async ({ id }, _args, { load }) =>
      (await load.verifiedAddressOfUser(id))?.verifiedAt ?? null,
  },
  Invitation: {
    invitedBy: ({ inviterKind, inviterId }, _args, { load }) =>
      inviterKind === 'USER' ? load.users(inviterId) : null,
  },
} satisfies Resolvers;

export const createMailDomain = (
  parts: () => Promise<Parts>,
  { hasSignUp }: { readonly hasSignUp: boolean },
): Domain<MailContext> => ({
  name: 'mail',
  typeDefs: [sdl('mail'), ...(hasSignUp ? [sdl('sign-up')] : [])],
  resolvers: {
    Query: withParts(parts, {
      ...invitationQueries,
      administratorsResetPasswords: ({ settings }) => settings.MAIL_RESETS_BY === 'administrators',
    }),
    Mutation: withParts(parts, {
      requestPasswordReset: request(reset),
      ...resetFields,
      ...invitationFields,
      ...verificationFields,
      ...changeEmailFields,
      ...(hasSignUp ? { signUp: request(signUp), ...signUpFields } : {}),
    }),
    ...types,
  },
  loaders: {
    verifiedAddressOfUser: {
      async one(ids: readonly string[]) {
        const opened = await parts();
        return findVerified(opened, opened.sql, ids);
      },
      key: 'userId',
    },
  },
  costs: {
    'Mutation.changeEmail': hashCost,
    'Mutation.resetPasswordByMail': hashCost,
    'Mutation.acceptInvitation': hashCost,
    ...(hasSignUp ? { 'Mutation.completeSignUp': hashCost } : {}),
  },
});
