/**
 * The same schema, resolvers and database behind nothing but Apollo Server and Fastify: no token is read,
 * no request is refused, and nothing is limited or logged. Everyone is the first user.
 */
import { ApolloServer } from '@apollo/server';
import { fastifyApolloHandler } from '@as-integrations/fastify';
import Fastify from 'fastify';
import { loadProject } from '../../dist/cli/load-project.js';
import { parseConfig } from '../../dist/config/config.js';
import { inputsOf } from '../../dist/gatehouse/app-inputs.js';
import { createParts } from '../../dist/gatehouse/part.js';
import { authorization, contexts, identity } from '../../dist/gatehouse/parts.js';
import { openDatabase } from '../../dist/gatehouse/project-database.js';
import { createLogger } from '../../dist/observability/logger.js';
import { packagesOf } from '../../dist/schema/packages/packages.js';
import { rooms } from '../server.mjs';

const logger = createLogger('warn', process.stderr);
const project = await loadProject(rooms);
const config = parseConfig(process.env, packagesOf(project.config));
const connection = await openDatabase({ config, logger, project });
const parts = createParts(inputsOf({ config, connection, logger, project }, connection.close));
await parts.get(identity);
const user = await connection.database.user.findFirstOrThrow();
const viewer = {
  kind: 'user',
  isAuthenticated: true,
  userId: user.id,
  sessionId: user.id,
  groups: new Set(['ADMIN']),
};

/** Requests have no cookies. */
const browserSession = { setCookie: () => undefined };

/** The schema as it was composed, before the guards. */
const { source: schema } = parts.get(authorization);
const apollo = new ApolloServer({ schema });
await apollo.start();
const fastify = Fastify();
fastify.post(
  '/graphql',
  fastifyApolloHandler(apollo, {
    context: async ({ id, ip, signal }) =>
      parts.get(contexts).createContext({
        viewer,
        client: { ip, userAgent: undefined },
        requestId: id,
        browserSession,
        openSignal: () => signal,
      }),
  }),
);
process.stdout.write(`${await fastify.listen({ host: '127.0.0.1', port: 0 })}\n`);
process.once('SIGTERM', async () => {
  await fastify.close();
  await apollo.stop();
  await parts.close();
  process.exit();
});
