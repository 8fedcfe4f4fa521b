import type { Authorization } from '@graphql-gatehouse/authorization';
import type { DocumentNode } from 'graphql';
import type { Context } from '../context/context.ts';
import { type ComposeSchemaOptions, composeSchema } from './compose-schema.ts';
import type { AnyDomain } from './domain.ts';
import { createDomainErrors, type DomainErrors } from './domain-errors.ts';
import { packagesOf } from './packages/packages.ts';
import type { Project } from './project.ts';
import { composeTypeDefs } from './sdl/compose-type-defs.ts';
import { eventResolvers, type Topics } from './topics.ts';

export interface ProjectSchemaOptions extends Pick<DomainErrors, 'toClientError'> {
  /** Gatehouse's own domains. */
  readonly own: readonly AnyDomain[];
  /** Gatehouse's own for groups that are held in places. */
  readonly ofPlaces: readonly AnyDomain[];
  readonly ofPackages: readonly AnyDomain[];
  readonly project: Project;
  /** Whether the database rejected a value that does not match the type of its column. */
  readonly isMalformed: (error: unknown) => boolean;
  readonly constraintOf: ComposeSchemaOptions['constraintOf'];
}

type ComposeOptions = Pick<
  ComposeSchemaOptions,
  | 'answerLimits'
  | 'introspection'
  | 'maxSubscriptionsPerViewer'
  | 'now'
  | 'onDelivered'
  | 'onPolicyError'
  | 'report'
> & {
  /** The SDL in place of the composed one, such as one in which a guard is missing. */
  readonly documents?: readonly DocumentNode[] | undefined;
  /** Absent: the schema is not served. */
  readonly topics?: Topics;
};

/**
 * Reads the domains of Gatehouse, of packages and of a project. `compose` joins them to one guarded schema.
 *
 * @throws {CompositionError | ProjectConfigError} also from `compose`, with every mistake.
 */
export function readProjectSchema({
  own: always,
  ofPlaces,
  ofPackages,
  project,
  toClientError,
  isMalformed,
  constraintOf,
}: ProjectSchemaOptions) {
  const { domains: ofProject = [], schema: external, combineFilters } = project.config;
  const packages = packagesOf(project.config);
  const typeDefs = composeTypeDefs({ own: always, ofPlaces, ofPackages, ofProject }, project);
  const own = typeDefs.groups.havePlaces ? [...always, ...ofPlaces] : always;
  const domains = [...own, ...ofPackages, ...ofProject];
  const errors = createDomainErrors(domains, toClientError);
  return {
    own,
    domains,
    groups: typeDefs.groups,
    errors,
    compose: ({
      topics = new Map(),
      documents,
      ...options
    }: ComposeOptions): Authorization<Context> =>
      composeSchema({
        ...options,
        ...(combineFilters === undefined ? {} : { combineFilters }),
        documents: documents ?? typeDefs.documents,
        problems: typeDefs.problems,
        domains,
        external,
        recordsReads: packages.some(({ onDelivered }) => typeof onDelivered === 'function'),
        logTypes: packages.flatMap(({ logs = {} }) => Object.values(logs).map(({ type }) => type)),
        requireMaxAge: project.config.requireMaxAge ?? [],
        subscriptions: { Subscription: eventResolvers(domains, topics) },
        toClientError: errors.toClientError,
        isMalformed,
        constraintOf,
      }),
  };
}
