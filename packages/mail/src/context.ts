import type { GatehouseContext } from 'graphql-gatehouse';

/** The loaders of the package. */
interface MailLoad {
  emailVerifiedAtOfUser(userId: string): Promise<Date | null>;
}

/** The context of the resolvers of the package. */
export type MailContext = GatehouseContext<unknown, MailLoad>;
