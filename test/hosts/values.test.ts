import fc from 'fast-check';
import {
  defineConfig,
  defineDomain,
  type GatehouseConfig,
  type GatehouseContext,
} from 'graphql-gatehouse';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seed } from '../authorization/property-run.ts';
import {
  findQuote,
  operationOf,
  valueCases,
  valueResolvers,
  valueTypeDefs,
} from '../authorization/values-world.ts';
import { hosts } from '../contracts/hosts.ts';
import { startTimeoutMs, startWorld, type World } from '../contracts/world.ts';

const { Query = {}, Mutation = {}, ...types } = valueResolvers;
const config: GatehouseConfig = defineConfig({
  domains: [
    defineDomain<GatehouseContext>({
      name: 'values',
      typeDefs: valueTypeDefs.replaceAll(/type (Query|Mutation) /g, 'extend type $1 '),
      resolvers: { Query, Mutation, ...types },
    }),
  ],
});

/** A sample for each host. The library's own property test tries many more. */
describe.each(hosts.filter(({ name }) => !name.includes('Pothos')))(
  `$name (seed ${seed})`,
  ({ start }) => {
    let world: World;
    beforeAll(async () => {
      world = await startWorld({ config, start });
    }, startTimeoutMs);
    afterAll(() => world.stop());

    it('quotes no value of a resolver in an error', async () => {
      for (const valueCase of fc.sample(valueCases, { numRuns: 100, seed })) {
        const answer = await world.ask(operationOf(valueCase));
        expect(findQuote(answer.body), JSON.stringify(valueCase)).toBeUndefined();
      }
    });
  },
);
