import { version, versionInfo } from 'graphql';
import { pagesOf } from '../pages/index.ts';

/** The installed version of the package `graphql` is not supported. */
export class GraphqlVersionError extends Error {
  override readonly name = 'GraphqlVersionError';
  readonly pages = pagesOf(['graphql-version']);

  constructor(version: string) {
    super(
      `@graphql-gatehouse/authorization supports graphql ${supported.map(toText).join(' and ')}; this is ${version}. ` +
        'Install one of them with: npm install graphql@17, or graphql@16',
    );
  }
}

interface Minor {
  readonly major: number;
  readonly minor: number;
}

/** The lowest minor versions of the majors that are supported. package.json has the same, as a range. */
const supported: readonly Minor[] = [
  { major: 16, minor: 13 },
  { major: 17, minor: 1 },
];

const toText = ({ major, minor }: Minor): string => `${major} (${major}.${minor}.0 or newer)`;

/**
 * Rejects versions of graphql-js with which the guards were not tested: another one can pass variables or defaults in a
 * form in which guarded input is not found.
 *
 * @throws {GraphqlVersionError}
 */
export function checkGraphqlVersion(
  installed: string = version,
  { major, minor }: Minor = versionInfo,
): void {
  if (!supported.some((each) => major === each.major && minor >= each.minor))
    throw new GraphqlVersionError(installed);
}

/** Whether the installed graphql-js is 17, which passes variables together with where each came from. */
export const isGraphql17: boolean = versionInfo.major === 17;
