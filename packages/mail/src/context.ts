import type { GatehouseContext } from 'graphql-gatehouse';

/** The loaders of the package. */
interface MailLoad {
  emailVerifiedAtOfUser(userId: string): Promise<Date | null>;
}

/** The context of the resolvers of the package. */
export type MailContext = GatehouseContext<unknown, MailLoad>;

/** Returns the id of the user of a request. @throws {Error} for another viewer: a guard is missing. Not for clients. */
export function userIdOf({ viewer }: MailContext): string {
  if (viewer.kind === 'user') return viewer.userId;
  throw new Error('The field requires a user, but no guard enforces it.');
}
