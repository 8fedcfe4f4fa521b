import { readFileSync } from 'node:fs';
import {
  type Authorization,
  createAuthorization,
  type DenialExtensions,
  type IntrospectionMode,
} from '@gatehouse/authorization';
import { makeExecutableSchema } from '@graphql-tools/schema';
import type { Viewer } from '../authentication/viewer.ts';
import type { ClientError } from '../errors.ts';
import type { Context } from './context.ts';
import { decideAnewWhenChanged } from './decide-anew.ts';
import { domains, policies, scalars } from './modules.ts';

export interface ExecutableSchemaOptions {
  /** What a client may be told of an error of the database, if anything. */
  readonly toClientError: (error: unknown) => ClientError | undefined;
  /** Told of every policy that threw. */
  readonly onPolicyError: (error: unknown, policy: string, context: Context) => void;
  /** Makes it a dry run: nothing is refused, and this is told instead. */
  readonly report?: (denial: DenialExtensions, context: Context) => void;
  readonly introspection?: IntrospectionMode;
  /** The SDL in place of the domains' own, such as one in which a guard is missing. */
  readonly typeDefs?: readonly string[];
}

/**
 * Joins the domains and guards them.
 *
 * A policy that cannot be asked denies. When what stops it has an answer of its own, such as a
 * database that is down, the client gets that answer in place of a refusal.
 *
 * @throws {SchemaAuthorizationError} when the SDL's guards cannot be enforced.
 */
export function createExecutableSchema({
  toClientError,
  onPolicyError,
  report,
  introspection = 'viewer',
  typeDefs = readTypeDefs(),
}: ExecutableSchemaOptions): Authorization<Context> {
  const schema = makeExecutableSchema({
    typeDefs: [...typeDefs],
    resolvers: [scalars, ...domains.map(({ resolvers }) => resolvers)],
    resolverValidationOptions: { requireResolversToMatchSchema: 'error' },
  });
  const authorization = createAuthorization<Viewer, Context>(schema, {
    policies,
    viewerOf: ({ viewer }) => viewer,
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

/** The SDL of the schema, one text for each domain. */
export function readTypeDefs(): string[] {
  const files = ['base.graphql', ...domains.map(({ name }) => `${name}/${name}.graphql`)];
  return files.map((file) => readFileSync(new URL(file, import.meta.url), 'utf8'));
}
