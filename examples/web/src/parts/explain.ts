import { GatehouseError } from '@graphql-gatehouse/client';

/** Explains why a request failed. The messages of the server are written for people. */
export const explain = (error: unknown): string =>
  error instanceof GatehouseError ? error.message : 'The server cannot be reached. Try again.';
