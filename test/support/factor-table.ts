import { factorKinds } from '../../packages/factors/src/kinds.ts';
import { createFactorTable } from '../../src/values/factor.ts';

/** The kinds of factors of a server with `@graphql-gatehouse/factors`. */
export const factorTable = createFactorTable(factorKinds);
