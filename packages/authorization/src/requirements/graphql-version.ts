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
 * Rejects versions of graphql-js with which the guards were not tested. graphql 17 passes variables in another form:
 * guarded input and conditions in variables would not be found.
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
