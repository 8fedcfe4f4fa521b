import type { Domain } from 'graphql-gatehouse';
import { withParts } from 'graphql-gatehouse/package';
import type { Parts } from '../parts.ts';
import { openForEnrolment, resetFactors, type Target } from './administration.ts';
import type { FactorsContext } from './context.ts';
import { countRecoveryCodes, listFactors } from './holdings.store.ts';
import { beginOtp, confirmOtp } from './otp-enrolment.ts';
import { remove, rename } from './own-factors.ts';
import { beginPasskey, enrolPasskey } from './passkey-enrolment.ts';
import { beginPasskeyLogin } from './passkey-login.ts';
import { renewRecoveryCodes } from './recovery.ts';
import { typeDefs } from './type-defs.ts';

/** What costs a hash of a password, as logins do. */
const hashCost = 100;

/** Creates the types and fields of second factors. */
export const createFactorsDomain = (parts: () => Promise<Parts>): Domain<FactorsContext> => ({
  name: 'factors',
  typeDefs,
  resolvers: {
    Query: withParts(parts, { passkeyOptions: beginPasskeyLogin }),
    Mutation: withParts(parts, {
      enrolOtp: beginOtp,
      confirmOtp,
      beginPasskey,
      addPasskey: enrolPasskey,
      renewRecoveryCodes,
      renameFactor: rename,
      removeFactor: remove,
      async resetFactors(opened, { userId }: Target, context: FactorsContext) {
        await resetFactors(opened, { userId }, context);
        return context.load.users(userId.toLowerCase());
      },
      openEnrolment: (opened, target: Target, context: FactorsContext) =>
        openForEnrolment(opened, target, context),
    }),
    User: {
      secondFactors: ({ id }: HasId, _args: unknown, { load }: FactorsContext) =>
        load.secondFactorsOfUser(id),
      recoveryCodesLeft: ({ id }: HasId, _args: unknown, { load }: FactorsContext) =>
        load.recoveryCodesOfUser(id),
    },
  },
  costs: {
    'Mutation.enrolOtp': hashCost,
    'Mutation.beginPasskey': hashCost,
    'Mutation.renewRecoveryCodes': hashCost,
  },
  loaders: {
    secondFactorsOfUser: {
      many: async (ids: string[]) => listFactors((await parts()).sql, ids),
      key: 'userId',
    },
    recoveryCodesOfUser: {
      async batch(ids: readonly string[]) {
        const counts = await countRecoveryCodes((await parts()).sql, ids);
        return ids.map((id) => counts.get(id) ?? 0);
      },
    },
  },
});

interface HasId {
  readonly id: string;
}
