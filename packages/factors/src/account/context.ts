import type { GatehouseContext } from 'graphql-gatehouse';
import type { RecoveryCodeCount, SecondFactor } from './holdings.store.ts';

/** The loaders of the package. */
interface FactorsLoad {
  secondFactorsOfUser(userId: string): Promise<readonly SecondFactor[]>;
  recoveryCodesOfUser(userId: string): Promise<RecoveryCodeCount | null>;
}

/** The context of the resolvers of the package. */
export type FactorsContext = GatehouseContext<unknown, FactorsLoad>;
