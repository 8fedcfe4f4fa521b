import type { Services } from './services.ts';
import type { Stores } from './stores.ts';

/** What the resolvers of identity work with. */
export interface IdentityParts {
  readonly stores: Stores;
  readonly services: Services;
}

/**
 * Gives the parts when a resolver runs. The schema alone is composed without them, for commands that need no
 * database.
 */
export type PartsOf = () => IdentityParts;
