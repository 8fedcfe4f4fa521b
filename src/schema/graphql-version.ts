import { version, versionInfo } from 'graphql';
import { CompositionError } from './sdl/composition-error.ts';

/** The only major of graphql that Apollo Server takes. `@graphql-gatehouse/authorization` runs on later ones too. */
const graphqlMajor = 16;

/** @throws {CompositionError} when another major of `graphql` is installed. */
export function requireGraphqlVersion(
  installed: string = version,
  { major }: { readonly major: number } = versionInfo,
): void {
  if (major === graphqlMajor) return;
  const problem =
    `gatehouse supports graphql ${graphqlMajor}, as Apollo Server does; this is ${installed}. ` +
    `Install it with: npm install graphql@${graphqlMajor}`;
  throw new CompositionError([{ name: 'graphql-version', problem }]);
}
