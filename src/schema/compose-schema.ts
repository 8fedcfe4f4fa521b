import {
  type Authorization,
  type AuthorizationOptions,
  createAuthorization,
  SchemaAuthorizationError,
} from '@graphql-gatehouse/authorization';
import { describeOffence } from '@graphql-gatehouse/authorization/reports';
import { makeExecutableSchema } from '@graphql-tools/schema';
import type { IResolvers } from '@graphql-tools/utils';
import { buildASTSchema, concatAST, type DocumentNode, type GraphQLSchema } from 'graphql';
import { DateTimeResolver } from 'graphql-scalars';
import type { Viewer } from '../authentication/viewer.ts';
import type { Context } from '../context/context.ts';
import { type Mistake, named } from '../error-pages.ts';
import { createArgumentOf } from './constraint-arguments.ts';
import type { AnyDomain } from './domain.ts';
import type { DomainErrors } from './domain-errors.ts';
import { requireGraphqlVersion } from './graphql-version.ts';
import { limitSubscriptions } from './limit-subscriptions.ts';
import { recheckMutations } from './recheck-mutations.ts';
import { toRowTypes } from './row-types.ts';
import { findAuditedLogs, findUnrecorded } from './sdl/audited-logs.ts';
import { CompositionError } from './sdl/composition-error.ts';
import { externalParts } from './sdl/external-schema.ts';
import { findSchemaProblems } from './sdl/find-problems.ts';
import { stopEndedFields, stopEndedPolicies } from './stop-ended.ts';

const { serialize, parseValue, parseLiteral, extensions } = DateTimeResolver;

/** Without the library's description, which would replace the schema's own. */
const scalars = { DateTime: { serialize, parseValue, parseLiteral, extensions } };

type LibraryOptions = AuthorizationOptions<Viewer, Context>;

export interface ComposeSchemaOptions
  extends Pick<LibraryOptions, 'report' | 'introspection' | 'combineFilters' | 'onDelivered'> {
  /** How much one answer may deliver. Absent: the defaults of the library. */
  readonly answerLimits?: Pick<LibraryOptions, 'maxAnswerValues' | 'maxAnswerCharacters'>;
  /** Mistakes in the documents. They are thrown together with those in the schema. */
  readonly problems: readonly Mistake[];
  readonly documents: readonly DocumentNode[];
  /** The domains of Gatehouse and of the project. */
  readonly domains: readonly AnyDomain[];
  /** The external schema of the project. Its type definitions are included in `documents`. */
  readonly external: GraphQLSchema | undefined;
  /** Whether a package records audited values. */
  readonly recordsReads: boolean;
  /** The object types of the rows of logs. */
  readonly logTypes: readonly string[];
  /** Mutations that must ask for a fresh proof, by coordinate. */
  readonly requireMaxAge: readonly string[];
  /** The resolvers of fields of Subscription that have an event definition. */
  readonly subscriptions: IResolvers;
  /** The maximum number of open subscriptions of one viewer. Undefined: the schema is not served. */
  readonly maxSubscriptionsPerViewer?: number;
  readonly toClientError: DomainErrors['toClientError'];
  /** Returns the name of the constraint that a statement violated, or undefined for other errors. */
  readonly constraintOf: (error: unknown) => string | undefined;
  /** Whether the database rejected a value that does not match the type of its column. */
  readonly isMalformed: (error: unknown) => boolean;
  /** The clock by which `maxAge` is measured. Absent: the system's. */
  readonly now?: () => Date;
  /** Called for every policy that threw. */
  readonly onPolicyError: (error: unknown, policy: string, context: Context) => void;
}

/**
 * Joins the domains to one schema and guards it: type definitions first, guards last.
 *
 * A policy that throws denies. If its error can be converted to one for clients, such as for an unavailable database,
 * the client gets that error instead of a refusal.
 *
 * @throws {CompositionError} with every mistake: of documents, types, domains and guards.
 */
export function composeSchema(options: ComposeSchemaOptions): Authorization<Context> {
  requireGraphqlVersion();
  const { domains, subscriptions, toClientError, onPolicyError } = options;
  const { now, report, combineFilters, onDelivered = refuseDelivery } = options;
  const external = options.external === undefined ? [] : [externalParts(options.external)];
  const schemaExtensions = external.map(({ extensions }) => extensions);
  const ofExternal = external.map(({ resolvers }) => resolvers);
  const ofPolicies = domains.map((domain) => stopEndedPolicies(Object(domain.policies)));
  const policies = Object.assign({}, ...ofPolicies);
  const problems = [...options.problems];
  const types = buildTypes(options.documents, problems);
  if (types === undefined) throw new CompositionError(problems);
  problems.push(...findSchemaProblems(types, domains, [subscriptions, ...ofExternal]));
  const ofDomains = domains.map((domain) => domain.resolvers ?? {});
  const resolvers = [scalars, subscriptions, ...ofDomains, ...ofExternal];
  const resolverValidationOptions = { requireResolversToMatchSchema: 'error' } as const;
  const complete = { typeDefs: types, schemaExtensions, resolvers, resolverValidationOptions };
  const executable =
    problems.length === 0 ? attempt(() => makeExecutableSchema(complete), problems) : undefined;
  // With other mistakes, the guards are still checked.
  const schema = executable ?? makeExecutableSchema({ typeDefs: types, schemaExtensions });
  if (options.maxSubscriptionsPerViewer !== undefined) {
    limitSubscriptions(schema, options.maxSubscriptionsPerViewer);
  }
  const argumentOf = createArgumentOf(schema, domains);
  const explain = (error: unknown, field: string): unknown => {
    const argument = argumentOf(field, options.constraintOf(error) ?? '');
    return argument === undefined ? error : (toClientError(error, argument) ?? error);
  };
  const authorization = guard(schema, problems, explain, {
    policies,
    viewerOf: ({ rights }) => rights.viewer(),
    readPlaces: ({ rights }) => rights.readPlaces(),
    introspection: options.introspection ?? 'viewer',
    types: toRowTypes(domains, options.isMalformed),
    ...options.answerLimits,
    ...(now === undefined ? {} : { now }),
    ...(report === undefined ? {} : { report }),
    ...(combineFilters === undefined ? {} : { combineFilters }),
    onDelivered,
    onPolicyError(error, policy, context) {
      const clientError = toClientError(error);
      if (clientError !== undefined) throw clientError;
      onPolicyError(error, policy, context);
    },
  });
  if (authorization !== undefined) {
    problems.push(...findWithoutMaxAge(authorization, options.requireMaxAge));
    const { source, requirements } = authorization;
    const { coordinates } = requirements.audited;
    const ofLogs = findAuditedLogs(source, coordinates, options.logTypes);
    problems.push(...named('audited-log', ofLogs));
    if (!options.recordsReads) {
      problems.push(...named('audited-without-record', findUnrecorded(coordinates)));
    }
  }
  if (authorization === undefined || problems.length > 0) throw new CompositionError(problems);
  return authorization;
}

/** For a schema that is not served. */
function refuseDelivery(): never {
  throw new Error('The reads of this schema are not recorded.');
}

/** Finds mutations that have to ask for a fresh proof and do not. */
const findWithoutMaxAge = (
  { requirements, source }: Pick<Authorization<Context>, 'requirements' | 'source'>,
  coordinates: readonly string[],
): readonly Mistake[] =>
  coordinates.flatMap((coordinate): readonly Mistake[] => {
    const [typeName, name = ''] = coordinate.split('.');
    const mutation = source.getMutationType();
    if (typeName !== mutation?.name || mutation?.getFields()[name] === undefined) {
      const problem = `${coordinate}: requireMaxAge: there is no such mutation`;
      return [{ name: 'unknown-coordinate', problem }];
    }
    const hasMaxAge = requirements.at(coordinate).some(({ maxAge }) => maxAge !== undefined);
    const problem = `${coordinate}: requireMaxAge: its guards have no maxAge`;
    return hasMaxAge ? [] : [{ name: 'max-age-missing', problem }];
  });

/** Adds the errors of graphql-js to `problems`, and still builds as much as possible, for further checks. */
function buildTypes(
  documents: readonly DocumentNode[],
  problems: Mistake[],
): GraphQLSchema | undefined {
  // graphql-js joins definitions and extensions, in their order.
  const document = concatAST(documents);
  return (
    attempt(() => buildASTSchema(document), problems) ??
    attempt(() => buildASTSchema(document, { assumeValidSDL: true }), [])
  );
}

/** Returns undefined when `make` throws, and adds the lines of its message to `problems`: graphql-js joins several. */
function attempt<T>(make: () => T, problems: Mistake[]): T | undefined {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    problems.push(...named('schema-invalid', error.message.split(/\n+/)));
    return undefined;
  }
}

/** Guards the schema. Returns undefined for invalid guards, and adds the offences to `problems`. */
function guard(
  schema: GraphQLSchema,
  problems: Mistake[],
  explain: (error: unknown, field: string) => unknown,
  options: AuthorizationOptions<Viewer, Context>,
): Authorization<Context> | undefined {
  try {
    stopEndedFields(schema);
    recheckMutations(schema, () => authorization, explain);
    const authorization: Authorization<Context> = createAuthorization(schema, options);
    return authorization;
  } catch (error) {
    if (!(error instanceof SchemaAuthorizationError)) throw error;
    // Predicates without a policy are listed by domain already.
    const offences = error.offences.filter(
      ({ coordinate }) => !Object.hasOwn(options.policies, coordinate),
    );
    problems.push(...offences.map((each) => ({ name: each.name, problem: describeOffence(each) })));
    return undefined;
  }
}
