import type { Domain } from 'graphql-gatehouse';
import { withParts } from 'graphql-gatehouse/package';
import type { Resolvers } from '../generated/resolver-types.ts';
import type { Parts } from '../parts.ts';
import { administrationFields } from './administration.ts';
import type { FactorsContext } from './context.ts';
import { countRecoveryCodes, listFactors } from './holdings.store.ts';
import { otpFields } from './otp-enrolment.ts';
import { ownFactorFields } from './own-factors.ts';
import { passkeyFields } from './passkey-enrolment.ts';
import { passkeyQueries } from './passkey-login.ts';
import { recoveryFields } from './recovery.ts';
import { typeDefs } from './type-defs.ts';

/** What costs a hash of a password, as logins do. */
const hashCost = 100;

const types = {
  User: {
    secondFactors: ({ id }, _args, { load }) => load.secondFactorsOfUser(id),
    recoveryCodesLeft: ({ id }, _args, { load }) => load.recoveryCodesOfUser(id),
  },
} satisfies Resolvers;

/** Creates the types and fields of second factors. */
export const createFactorsDomain = (parts: () => Promise<Parts>): Domain<FactorsContext> => ({
  name: 'factors',
  typeDefs,
  resolvers: {
    Query: withParts(parts, passkeyQueries),
    Mutation: withParts(parts, {
      ...otpFields,
      ...passkeyFields,
      ...recoveryFields,
      ...ownFactorFields,
      ...administrationFields,
    }),
    ...types,
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
