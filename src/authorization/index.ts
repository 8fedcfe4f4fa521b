import { type GraphQLSchema, version, versionInfo } from 'graphql';
import { type AuthorizeOperation, createAuthorizeOperation } from './authorize-operation.ts';
import { type AuthorizationOptions, createDecider } from './decider.ts';
import { describeGuards } from './describe-guards.ts';
import { checkGraphqlVersion } from './graphql-version.ts';
import { guardSchema } from './guard-schema.ts';
import { createIntrospectOperation, type IntrospectOperation } from './introspect-operation.ts';
import { compileRequirements, type Requirements } from './requirements.ts';
import { rootAccess } from './root-access.ts';
import type { Viewer } from './viewer.ts';
import { createVisibleSchemas, type VisibleSchemas } from './visible-schema.ts';

export {
  type Access,
  type AccessMatrix,
  type AccessRow,
  createAccessMatrix,
  toJson,
  toMarkdown,
} from './access-matrix.ts';
export { describeMatrixDifference } from './access-matrix-difference.ts';
export { createAuthorizationPlugin } from './apollo.ts';
export { AuthorizationError, type DenialExtensions } from './authorization-error.ts';
export type { AuthorizeOperation, OperationRequest } from './authorize-operation.ts';
export { decideCoordinate as decide } from './decide-coordinate.ts';
export type { AuthorizationOptions } from './decider.ts';
export type { Decision } from './decision.ts';
export { SchemaAuthorizationError } from './declarations.ts';
export { limitDenials, maxListedDenials } from './denied-result.ts';
export { createEnvelopPlugin } from './envelop.ts';
export {
  ExplainError,
  type ExplainedCoordinate,
  type ExplainRequest,
  type Explanation,
  explain,
  parseOperation,
  type Verdict,
} from './explain.ts';
export { GraphqlVersionError } from './graphql-version.ts';
export { toDenialResponse } from './http-response.ts';
export type { IntrospectOperation } from './introspect-operation.ts';
export { showIntrospection } from './introspected-result.ts';
export {
  createIntrospect,
  type Introspect,
  type IntrospectionAnswer,
  IntrospectionError,
  type IntrospectionMode,
  type IntrospectionRequest,
} from './introspection.ts';
export type { Policies, Policy } from './policies.ts';
export { printExplanation } from './print-explanation.ts';
export { printFederationSchema } from './print-federation-schema.ts';
export { printGuardedSchema } from './print-schema.ts';
export { printVisibleSchema } from './print-visible-schema.ts';
export type { Clause, Requirement } from './requirement.ts';
export type { Requirements } from './requirements.ts';
export { rootAccess } from './root-access.ts';
export type { Viewer } from './viewer.ts';
export {
  createVisibleSchemas,
  type VisibleSchemas,
  type VisibleSchemasOptions,
} from './visible-schema.ts';

/** A schema that guards itself, and the means to decide an operation before it runs. */
export interface Authorization<TContext> {
  /** The schema with guarded resolvers: serve this one. */
  readonly schema: GraphQLSchema;
  /** The schema as it was given, for those who own it: to print and to explain, never to serve. */
  readonly source: GraphQLSchema;
  readonly requirements: Requirements;
  readonly authorizeOperation: AuthorizeOperation<TContext>;
  /** Answers introspection with what the viewer can reach. */
  readonly introspect: IntrospectOperation<TContext>;
  /** The part of `schema` that a viewer can ever reach: to show, never to serve. */
  readonly visibleTo: VisibleSchemas;
  /** The coordinates of the root fields that a viewer may call. */
  readonly accessOf: (viewer: Viewer) => readonly string[];
}

/**
 * Compiles the `@auth` and `@public` of a schema, once, at start.
 *
 * @throws {GraphqlVersionError} when the installed `graphql` is not supported.
 * @throws {SchemaAuthorizationError} with every offence by coordinate, when the schema breaks a rule.
 */
export function createAuthorization<TViewer extends Viewer, TContext>(
  schema: GraphQLSchema,
  options: AuthorizationOptions<TViewer, TContext>,
): Authorization<TContext> {
  checkGraphqlVersion(version, versionInfo);
  const requirements = compileRequirements(schema, new Set(Object.keys(options.policies)));
  const decider = createDecider(schema, requirements, options);
  const guarded = guardSchema(decider);
  describeGuards(guarded, requirements);
  const visibleTo = createVisibleSchemas(guarded, requirements);
  const { viewerOf, introspection: mode = 'viewer' } = options;
  return {
    schema: guarded,
    source: schema,
    requirements,
    authorizeOperation: createAuthorizeOperation(decider),
    introspect: createIntrospectOperation({ schema: guarded, mode, visibleTo, viewerOf }),
    visibleTo,
    accessOf: (viewer) => rootAccess(schema, requirements, viewer),
  };
}
