import {
  type Authorization,
  createAuthorization,
  type DenialExtensions,
  type IntrospectionMode,
} from '@gatehouse/authorization';
import { makeExecutableSchema } from '@graphql-tools/schema';
import type { IResolvers } from '@graphql-tools/utils';
import { buildASTSchema, concatAST, type DocumentNode, type GraphQLSchema } from 'graphql';
import { DateTimeResolver } from 'graphql-scalars';
import type { Viewer } from '../authentication/viewer.ts';
import { decideAnewWhenChanged } from '../changes/decide-anew.ts';
import type { ClientError } from '../errors.ts';
import type { Context } from './context.ts';
import type { Domain } from './domain.ts';
import { externalParts } from './external-schema.ts';

const { serialize, parseValue, parseLiteral, extensions } = DateTimeResolver;

/** Without the library's description, which would stand in the place of the schema's own. */
const scalars = { DateTime: { serialize, parseValue, parseLiteral, extensions } };

export interface ComposeSchemaOptions {
  readonly documents: readonly DocumentNode[];
  /** Gatehouse's own and the project's. */
  readonly domains: readonly Domain[];
  /** The project's schema that was made elsewhere. Its type definitions are among `documents`. */
  readonly external: GraphQLSchema | undefined;
  /** The resolvers of fields of Subscription that have an event definition. */
  readonly subscriptions: IResolvers;
  /** What a client may be told of an error of the database, if anything. */
  readonly toClientError: (error: unknown) => ClientError | undefined;
  /** Called for every policy that threw. */
  readonly onPolicyError: (error: unknown, policy: string, context: Context) => void;
  /** Makes it a dry run: nothing is refused, and this is called instead. */
  readonly report?: (denial: DenialExtensions, context: Context) => void;
  readonly introspection?: IntrospectionMode;
}

/**
 * Joins the domains to one schema and guards it: type definitions first, guards last.
 *
 * A policy that cannot be asked denies. When its error has an answer of its own, such as a database that is
 * unavailable, the client gets that answer instead of a refusal.
 *
 * @throws {SchemaAuthorizationError} when the guards cannot be enforced. @throws {Error} for types and
 *   resolvers that do not fit.
 */
export function composeSchema(options: ComposeSchemaOptions): Authorization<Context> {
  const { domains, toClientError, onPolicyError, report, introspection = 'viewer' } = options;
  const external = options.external === undefined ? [] : [externalParts(options.external)];
  const schema = makeExecutableSchema({
    // graphql-js itself joins definitions and extensions, in their order.
    typeDefs: buildASTSchema(concatAST(options.documents)),
    resolvers: [
      scalars,
      options.subscriptions,
      ...domains.flatMap(({ resolvers }) => (resolvers === undefined ? [] : [resolvers])),
      ...external.map(({ resolvers }) => resolvers),
    ],
    schemaExtensions: external.map(({ extensions }) => extensions),
    resolverValidationOptions: { requireResolversToMatchSchema: 'error' },
  });
  const authorization = createAuthorization<Viewer, Context>(schema, {
    policies: Object.assign({}, ...domains.map(({ policies }) => policies)),
    viewerOf: ({ rights }) => rights.viewer,
    introspection,
    ...(report === undefined ? {} : { report }),
    onPolicyError(error, policy, context) {
      const clientError = toClientError(error);
      if (clientError !== undefined) throw clientError;
      onPolicyError(error, policy, context);
    },
  });
  decideAnewWhenChanged(authorization.schema);
  return authorization;
}
