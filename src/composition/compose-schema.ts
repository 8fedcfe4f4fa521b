import {
  type Authorization,
  createAuthorization,
  type DenialExtensions,
  describeOffence,
  type IntrospectionMode,
  type Policies,
  SchemaAuthorizationError,
} from '@gatehouse/authorization';
import { makeExecutableSchema } from '@graphql-tools/schema';
import type { IResolvers } from '@graphql-tools/utils';
import { buildASTSchema, concatAST, type DocumentNode, type GraphQLSchema } from 'graphql';
import { DateTimeResolver } from 'graphql-scalars';
import type { Viewer } from '../authentication/viewer.ts';
import type { ClientError } from '../errors.ts';
import type { Context } from './context.ts';
import type { Domain } from './domain.ts';
import { externalParts } from './external-schema.ts';
import { findProblems } from './find-problems.ts';
import { recheckMutations } from './recheck-mutations.ts';
import { CompositionError } from './type-defs.ts';

const { serialize, parseValue, parseLiteral, extensions } = DateTimeResolver;

/** Without the library's description, which would stand in the place of the schema's own. */
const scalars = { DateTime: { serialize, parseValue, parseLiteral, extensions } };

export interface ComposeSchemaOptions {
  /** What is wrong with the documents: thrown together with what is wrong with the schema. */
  readonly problems: readonly string[];
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
 * @throws {CompositionError} with every mistake, those of the guards as well, when the domains do not fit the schema.
 * @throws {SchemaAuthorizationError} with every offence, when only the guards cannot be enforced.
 */
export function composeSchema(options: ComposeSchemaOptions): Authorization<Context> {
  const { domains, toClientError, onPolicyError, report, introspection = 'viewer' } = options;
  const external = options.external === undefined ? [] : [externalParts(options.external)];
  // graphql-js itself joins definitions and extensions, in their order.
  const types = buildASTSchema(concatAST(options.documents));
  const policies = Object.assign({}, ...domains.map((domain) => domain.policies));
  const resolvers = [options.subscriptions, ...external.map((each) => each.resolvers)];
  requireNoProblems(options, { types, policies, resolvers });
  const schema = makeExecutableSchema({
    typeDefs: types,
    resolvers: [
      scalars,
      options.subscriptions,
      ...domains.flatMap(({ resolvers }) => (resolvers === undefined ? [] : [resolvers])),
      ...external.map(({ resolvers }) => resolvers),
    ],
    schemaExtensions: external.map(({ extensions }) => extensions),
    resolverValidationOptions: { requireResolversToMatchSchema: 'error' },
  });
  recheckMutations(schema, (call, info) => authorization.authorizeField(call, info));
  const authorization: Authorization<Context> = createAuthorization<Viewer, Context>(schema, {
    policies,
    viewerOf: ({ rights }) => rights.viewer(),
    introspection,
    ...(report === undefined ? {} : { report }),
    onPolicyError(error, policy, context) {
      const clientError = toClientError(error);
      if (clientError !== undefined) throw clientError;
      onPolicyError(error, policy, context);
    },
  });
  return authorization;
}

type ProjectPolicies = Policies<Viewer, Context>;

interface SchemaBeforeGuards {
  readonly types: GraphQLSchema;
  readonly policies: ProjectPolicies;
  /** Of what is no domain. */
  readonly resolvers: readonly IResolvers[];
}

/** @throws {CompositionError} with the offences of the guards as well. */
function requireNoProblems(
  { problems, domains, external }: ComposeSchemaOptions,
  { types, policies, resolvers }: SchemaBeforeGuards,
): void {
  const found = [...problems, ...findProblems(types, domains, resolvers)];
  if (found.length === 0) return;
  // The rules of a schema that was made elsewhere are not in its type definitions.
  const offences = external === undefined ? offencesOf(types, policies) : [];
  throw new CompositionError([...found, ...offences]);
}

/** What is wrong with the guards. Predicates without a policy are listed by domain already. */
function offencesOf(types: GraphQLSchema, policies: ProjectPolicies): readonly string[] {
  try {
    createAuthorization<Viewer, Context>(types, {
      policies,
      viewerOf: ({ rights }) => rights.viewer(),
    });
    return [];
  } catch (error) {
    if (!(error instanceof SchemaAuthorizationError)) throw error;
    return error.offences
      .filter(({ coordinate }) => policies[coordinate] === undefined)
      .map(describeOffence);
  }
}
