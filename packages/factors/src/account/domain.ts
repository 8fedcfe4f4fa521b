import { readFileSync } from 'node:fs';
import type { Domain } from 'graphql-gatehouse';
import { withParts } from 'graphql-gatehouse/package';
import type { Resolvers } from '../generated/resolver-types.ts';
import type { FactorsContext, Parts } from '../parts.ts';
import { administrationFields } from './administration.ts';
import { countRecoveryCodes, listFactors } from './holdings.store.ts';
import { otpFields } from './otp-enrolment.ts';
import { ownFactorFields } from './own-factors.ts';
import { passkeyFields } from './passkey-enrolment.ts';
import { passkeyQueries } from './passkey-login.ts';
import { recoveryFields } from './recovery.ts';

/** What costs a hash of a password, as logins do. */
const hashCost = 100;

const types = {
  User: {
    secondFactors: ({ id }, _args, { load }) => load.secondFactorsOfUser(id),
    recoveryCodesLeft: async ({ id }, _args, { load }) =>
      (await load.recoveryCodesOfUser(id))?.count ?? 0,
  },
} satisfies Resolvers;

export const createFactorsDomain = (parts: () => Promise<Parts>): Domain<FactorsContext> => ({
  name: 'factors',
  typeDefs: readFileSync(new URL('../../schema/factors.graphql', import.meta.url), 'utf8'),
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
      one: async (ids: string[]) => countRecoveryCodes((await parts()).sql, ids),
      key: 'userId',
    },
  },
});
