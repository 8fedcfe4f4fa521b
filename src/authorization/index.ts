import type { GraphQLSchema } from 'graphql';
import { type AuthorizeOperation, createAuthorizeOperation } from './authorize-operation.ts';
import { type AuthorizationOptions, createDecider } from './decider.ts';
import { describeGuards } from './describe-guards.ts';
import { guardSchema } from './guard-schema.ts';
import { compileRequirements, type Requirements } from './requirements.ts';
import type { Viewer } from './viewer.ts';

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
export type { AuthorizationOptions } from './decider.ts';
export { SchemaAuthorizationError } from './declarations.ts';
export { maxListedDenials } from './denied-result.ts';
export {
  ExplainError,
  type ExplainedCoordinate,
  type ExplainRequest,
  type Explanation,
  explain,
  parseOperation,
  type Verdict,
} from './explain.ts';
export { toDenialResponse } from './http-response.ts';
export type { Policies, Policy } from './policies.ts';
export { printExplanation } from './print-explanation.ts';
export { printFederationSchema } from './print-federation-schema.ts';
export { printGuardedSchema } from './print-schema.ts';
export type { Clause, Requirement } from './requirement.ts';
export type { Requirements } from './requirements.ts';
export type { Viewer } from './viewer.ts';

/** A schema that guards itself, and the means to decide an operation before it runs. */
export interface Authorization<TContext> {
  /** The schema with guarded resolvers: serve this one. */
  readonly schema: GraphQLSchema;
  /** The schema as it was given, for those who own it: to print and to explain, never to serve. */
  readonly source: GraphQLSchema;
  readonly requirements: Requirements;
  readonly authorizeOperation: AuthorizeOperation<TContext>;
}

/**
 * Compiles the `@auth` and `@public` of a schema, once, at start.
 *
 * @throws {SchemaAuthorizationError} with every offence by coordinate, when the schema breaks a rule.
 */
export function createAuthorization<TViewer extends Viewer, TContext>(
  schema: GraphQLSchema,
  options: AuthorizationOptions<TViewer, TContext>,
): Authorization<TContext> {
  const requirements = compileRequirements(schema, new Set(Object.keys(options.policies)));
  const decider = createDecider(schema, requirements, options);
  return {
    schema: describeGuards(guardSchema(decider), requirements),
    source: schema,
    requirements,
    authorizeOperation: createAuthorizeOperation(decider),
  };
}
