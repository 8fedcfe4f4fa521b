import type { ClientName } from '../../values/client-name.ts';

/** Reads the name and the version of a front end from the headers by which Apollo Client sends them. */
export const clientNameOf = (header: (name: string) => string | undefined): ClientName => ({
  name: header('apollographql-client-name'),
  version: header('apollographql-client-version'),
});
