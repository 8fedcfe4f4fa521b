import type { Services } from './services.ts';
import type { Stores } from './stores.ts';

export interface IdentityParts {
  readonly stores: Stores;
  readonly services: Services;
}

/** Returns the parts. Called only when a resolver runs, so that commands can compose the schema without a database. */
export type PartsOf = () => IdentityParts;
