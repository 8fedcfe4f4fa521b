import { readFileSync } from 'node:fs';
import type { Domain } from 'graphql-gatehouse';
import { withParts } from 'graphql-gatehouse/package';
import { disableFields } from './account/disable.ts';
import { identityFields } from './account/own-identities.ts';
import { signUpFields } from './account/sign-up.ts';
import { confirms } from './confirms.ts';
import type { QueryResolvers, Resolvers } from './generated/resolver-types.ts';
import { listIdentities } from './identities/identity.store.ts';
import { loginFields } from './login/begin.ts';
import { logoutFields } from './logout/logout-url.ts';
import type { ProvidersOptions } from './options.ts';
import type { Parts, ProvidersContext } from './parts.ts';

/** What costs a hash of a password, as logins do. */
const hashCost = 100;

const queries = {
  providers: ({ options }) =>
    [...options].map(([name, provider]) => ({
      name,
      label: provider.label ?? name,
      allowsSignUp: provider.signUp === 'open',
      confirms: confirms(provider),
    })),
  ...logoutFields,
} satisfies QueryResolvers;

const types = {
  User: { identities: ({ id }, _args, { load }) => load.identitiesOfUser(id) },
} satisfies Resolvers;

export const createProvidersDomain = (
  parts: () => Promise<Parts>,
  options: ProvidersOptions,
): Domain<ProvidersContext> => ({
  name: 'providers',
  typeDefs: `${readFileSync(new URL('../schema/providers.graphql', import.meta.url), 'utf8')}
"The identity providers of the configuration."
enum Provider { ${Object.keys(options).join(' ')} }
`,
  resolvers: {
    Query: withParts(parts, queries),
    Mutation: withParts(parts, {
      ...loginFields,
      ...signUpFields,
      ...identityFields,
      ...disableFields,
    }),
    ...types,
  },
  costs: { 'Mutation.signUpByProvider': hashCost, 'Mutation.linkProvider': hashCost },
  loaders: {
    identitiesOfUser: {
      many: async (ids: string[]) => listIdentities((await parts()).sql, ids),
      key: 'userId',
    },
  },
});
