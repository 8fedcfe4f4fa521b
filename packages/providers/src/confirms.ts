import type { OidcProvider } from './oidc.ts';
import type { ProvidersOptions } from './options.ts';

/** Returns how many kinds of factors a login confirms at most where a time is required. 0: it has no time. */
export const confirms = ({ authTime, proves }: OidcProvider): 0 | 1 | 2 => {
  if (!authTime) return 0;
  return proves.size === 0 ? 1 : 2;
};

/** Returns what errors that ask for a new proof say: the providers that can give one, each with its kinds of factors. */
export const proofFactsOf = (options: ProvidersOptions) => ({
  providers: Object.fromEntries(
    Object.entries(options).flatMap(([name, provider]) => {
      const kinds = confirms(provider);
      return kinds === 0 ? [] : [[name, kinds] as const];
    }),
  ),
});

/** Returns what logins cannot meet, for the access matrix. */
export const matrixNotesOf = (options: ProvidersOptions): readonly string[] =>
  Object.entries(options).flatMap(([name, provider]) => {
    const lacks = [
      ...(provider.authTime ? [] : ['have no time, so they meet no **s**']),
      ...(provider.proves.size > 0
        ? []
        : ['are one kind of factor, so alone they meet no 2 **factors**']),
    ];
    return lacks.length === 0 ? [] : [`Logins at **${name}** ${lacks.join('; they ')}.`];
  });
