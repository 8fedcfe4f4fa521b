import type { GraphQLSchema } from 'graphql';
import { type AuthorizeOperation, createAuthorizeOperation } from './authorize-operation.ts';
import { type AuthorizationOptions, createDecider } from './decider.ts';
import { guardSchema } from './guard-schema.ts';
import { compileRequirements, type Requirements } from './requirements.ts';
import type { Viewer } from './viewer.ts';

export { createAuthorizationPlugin } from './apollo.ts';
export { AuthorizationError, type DenialExtensions } from './authorization-error.ts';
export type { AuthorizeOperation, OperationRequest } from './authorize-operation.ts';
export type { AuthorizationOptions } from './decider.ts';
export { SchemaAuthorizationError } from './declarations.ts';
export { maxListedDenials, toDenialResponse } from './http-response.ts';
export type { Policies, Policy } from './policies.ts';
export type { Clause, Requirement } from './requirement.ts';
export type { Requirements } from './requirements.ts';
export type { Viewer } from './viewer.ts';

/** A schema that guards itself, and the means to decide an operation before it runs. */
export interface Authorization<TContext> {
  /** The schema with guarded resolvers: serve this one. */
  readonly schema: GraphQLSchema;
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
    schema: guardSchema(decider),
    requirements,
    authorizeOperation: createAuthorizeOperation(decider),
  };
}
