import { createServer, request } from 'node:http';
import { tmpdir } from 'node:os';
import {
  ApolloServer,
  type ApolloServerOptions,
  type BaseContext,
  type ContextThunk,
} from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';
import {
  createAuthDirective,
  createAuthorization,
  createPublicDirective,
} from '@graphql-gatehouse/authorization';
import { createAuthorizationPlugin } from '@graphql-gatehouse/authorization/apollo';
import { makeExecutableSchema } from '@graphql-tools/schema';
import { MapperKind, mapSchema } from '@graphql-tools/utils';
import { defaultFieldResolver, GraphQLEnumType, GraphQLObjectType, GraphQLSchema } from 'graphql';
import { createGatehouse } from 'graphql-gatehouse';
import { apolloPlugin } from 'graphql-gatehouse/apollo';
import { listenLocally } from '../listen-locally.ts';
import type { PostgresDatabase } from '../postgres-database.ts';
import { roomsProject } from '../rooms-project.ts';
import { adminPassword, startTestServer } from '../test-server.ts';
import { notApplicable } from './jest-globals.ts';

export type SuiteConfig = ApolloServerOptions<BaseContext>;

/** What the suite starts for each of its cases. */
export type CreateServer = (
  config: SuiteConfig,
  options?: { readonly context?: ContextThunk },
) => Promise<{
  readonly server: Pick<ApolloServer, 'stop'>;
  readonly url: string;
  readonly extraCleanup?: () => Promise<void>;
}>;

const Group = new GraphQLEnumType({ name: 'Group', values: { MEMBER: {} } });

/** The schema of a case, whose root fields are public. */
function publicSchemaOf(config: SuiteConfig): GraphQLSchema {
  if (config.gateway !== undefined) notApplicable('the schema of a gateway has no resolvers');
  const schema =
    config.schema ??
    makeExecutableSchema({ typeDefs: config.typeDefs, resolvers: config.resolvers ?? {} });
  return mapSchema(schema, {
    [MapperKind.ROOT_FIELD]: ({ resolve, ...field }) => ({
      ...field,
      resolve: resolve ?? ((...call) => defaultFieldResolver(...call)),
      extensions: { directives: { public: {} } },
    }),
  });
}

/** Apollo Server without anything of Gatehouse. */
export const plain: CreateServer = async (config, options) => {
  const server = new ApolloServer(config);
  const { url } = await startStandaloneServer(server, { listen: { port: 0 }, ...options });
  return { server, url };
};

/** Apollo Server with the library's plugin. */
export const withLibrary: CreateServer = async (config, options) => {
  const schema = publicSchemaOf(config);
  const authorization = createAuthorization(
    new GraphQLSchema({
      ...schema.toConfig(),
      directives: [
        ...schema.getDirectives(),
        createAuthDirective({ group: Group }),
        createPublicDirective(),
      ],
    }),
    { policies: {}, viewerOf: () => ({ isAuthenticated: false, reason: 'TOKEN_MISSING' }) },
  );
  const { typeDefs: _t, resolvers: _r, gateway: _g, plugins = [], ...rest } = config;
  const own = createAuthorizationPlugin<BaseContext>({ ...authorization, realm: 'suite' });
  return plain({ ...rest, schema: authorization.schema, plugins: [own, ...plugins] }, options);
};

const roots = ['Query', 'Mutation', 'Subscription'];

/** Gatehouse adds its own fields to the root types, so they have their usual names. */
function joinable(config: SuiteConfig): GraphQLSchema {
  const schema = publicSchemaOf(config);
  const types = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
  return mapSchema(schema, {
    [MapperKind.ROOT_OBJECT]: (type) =>
      new GraphQLObjectType({
        ...type.toConfig(),
        name: roots[types.findIndex((each) => each?.name === type.name)] ?? type.name,
      }),
  });
}

/** Apollo Server with the plugin of Gatehouse, on this database. */
export const withGatehouse =
  ({ nodeUrl }: PostgresDatabase): CreateServer =>
  async (config, { context } = {}) => {
    const gatehouse = await createGatehouse(
      { schema: joinable(config) },
      {
        directory: tmpdir(),
        environment: {
          NODE_ENV: 'test',
          DATABASE_URL: nodeUrl,
          MIGRATE: 'off',
          ADMIN_PASSWORD: adminPassword,
        },
        logDestination: { write: () => {} },
      },
    );
    const { typeDefs: _t, resolvers: _r, gateway: _g, plugins = [], ...rest } = config;
    const server = new ApolloServer<Awaited<ReturnType<typeof gatehouse.contextOf>>>({
      ...rest,
      schema: gatehouse.schema,
      plugins: [apolloPlugin(gatehouse), ...plugins],
    });
    const { url } = await startStandaloneServer(server, {
      listen: { port: 0 },
      context: async ({ req }) => Object.assign(await gatehouse.contextOf(req), await context?.()),
    });
    return { server, url, extraCleanup: () => gatehouse.close() };
  };

/** What a case configures, and Gatehouse's own server takes. */
const takenByServer = ['schema', 'typeDefs', 'resolvers', 'csrfPrevention'];

/** Gatehouse's own server, which takes a schema alone. */
export const ownServer: CreateServer = async (config, options) => {
  const other = Object.keys({ ...config, ...options }).find((key) => !takenByServer.includes(key));
  if (other !== undefined) notApplicable(`the server takes no \`${other}\``);
  const { url, stop } = await startTestServer({
    project: { ...roomsProject, config: { ...roomsProject.config, schema: joinable(config) } },
  });
  const front = await startFront(`${url}/graphql`, config.csrfPrevention === false);
  return { server: { stop: () => front.stop().then(stop) }, url: front.url };
};

/**
 * The suite sends requests to `/`: passes them on as they are, to the path of the API.
 *
 * @param isTrusted whether clients would send the header by which a GET request is no forged one.
 */
async function startFront(target: string, isTrusted: boolean) {
  const { hostname, port, pathname } = new URL(target);
  const added = isTrusted ? ['apollo-require-preflight', 'true'] : [];
  const front = createServer((incoming, outgoing) => {
    const { method, url = '', rawHeaders } = incoming;
    const path = pathname + url.replace(/^[^?]*/, '');
    const headers = [...rawHeaders, ...added];
    const passed = request({ hostname, port, path, method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
      answer.pipe(outgoing);
    });
    incoming.pipe(passed);
  });
  const local = await listenLocally(front);
  return { url: `http://127.0.0.1:${local.port}/`, stop: local.stop };
}
