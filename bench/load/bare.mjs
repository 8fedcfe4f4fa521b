/**
 * The same schema, resolvers and database behind nothing but Apollo Server and Fastify: no token is read,
 * nobody is refused, and nothing is limited or logged. Everyone is the first user.
 */
import { ApolloServer } from '@apollo/server';
import { fastifyApolloHandler } from '@as-integrations/fastify';
import { makeExecutableSchema } from '@graphql-tools/schema';
import Fastify from 'fastify';
import { openDatabase } from '../../dist/app.js';
import { parseConfig } from '../../dist/config/config.js';
import { createLogger } from '../../dist/observability/logger.js';
import { createParts } from '../../dist/parts.js';
import { readTypeDefs } from '../../dist/schema/executable-schema.js';
import { domains, scalars } from '../../dist/schema/modules.js';

const config = parseConfig(process.env);
const logger = createLogger('warn', process.stderr);
const connection = await openDatabase(config, logger);
const { stores, loaders, services } = await createParts({ config, connection, logger });
const user = await connection.database.user.findFirstOrThrow();
const viewer = {
  kind: 'user',
  isAuthenticated: true,
  userId: user.id,
  sessionId: user.id,
  groups: new Set(['ADMIN']),
};

const schema = makeExecutableSchema({
  typeDefs: readTypeDefs(),
  resolvers: [scalars, ...domains.map(({ resolvers }) => resolvers)],
});
const apollo = new ApolloServer({ schema });
await apollo.start();
const fastify = Fastify();
fastify.post(
  '/graphql',
  fastifyApolloHandler(apollo, {
    context: async ({ id, ip }) => ({
      viewer,
      client: { ip, userAgent: undefined },
      requestId: id,
      stores,
      loaders,
      services,
    }),
  }),
);
process.stdout.write(`${await fastify.listen({ host: '127.0.0.1', port: 0 })}\n`);
process.once('SIGTERM', async () => {
  await fastify.close();
  await apollo.stop();
  await connection.close();
  process.exit();
});
