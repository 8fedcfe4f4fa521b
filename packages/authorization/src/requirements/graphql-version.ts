/** The installed version of the package `graphql` is not supported. */
export class GraphqlVersionError extends Error {
  override readonly name = 'GraphqlVersionError';

  constructor(version: string) {
    super(
      `@gatehouse/authorization supports graphql 16 (16.12.0 or newer); this is ${version}. ` +
        'Install it with: npm install graphql@16',
    );
  }
}

const supported = { major: 16, minMinor: 12 };

/**
 * Refuses a version of graphql-js whose guards were not tested. In graphql 17 variables have another
 * form: guarded arguments and conditions that are given by variable would not be seen.
 *
 * @throws {GraphqlVersionError}
 */
export function checkGraphqlVersion(
  version: string,
  { major, minor }: { readonly major: number; readonly minor: number },
): void {
  if (major !== supported.major || minor < supported.minMinor)
    throw new GraphqlVersionError(version);
}
