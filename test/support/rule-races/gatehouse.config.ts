import { defineConfig, defineDomain } from 'graphql-gatehouse';
import { PrismaClient } from '../../../examples/rooms/src/generated/prisma/client.ts';
import { races } from './race-domain.ts';

/** Plants a bug: changes are not serializable. */
const isPlanted = process.env.RACES_PLANTED === 'read committed';

const notSerializable = (client: PrismaClient) =>
  client.$extends({
    query: {
      $queryRawUnsafe: ({ args: [sql, ...values], query }) =>
        query([String(sql).startsWith('SET TRANSACTION') ? 'SELECT 1' : sql, ...values]),
    },
  });

/** The demo has this group too. */
const managers = defineDomain({
  name: 'managers',
  typeDefs: 'extend enum Group { "Manages." MANAGER }',
  resolvers: {},
});

/** The races, on the tables of the demo. */
export default defineConfig({
  domains: [managers, races],
  database: ({ adapter }) => {
    const client = new PrismaClient({ adapter });
    return isPlanted ? notSerializable(client) : client;
  },
});
