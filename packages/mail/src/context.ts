import type { GatehouseContext } from 'graphql-gatehouse';
import type { VerifiedAddress } from './addresses/address.store.ts';

/** The loaders of the package. */
interface MailLoad {
  verifiedAddressOfUser(userId: string): Promise<VerifiedAddress | null>;
}

/** The context of the resolvers of the package. */
export type MailContext = GatehouseContext<unknown, MailLoad>;
