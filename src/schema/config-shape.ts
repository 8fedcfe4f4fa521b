import type { Shape, ShapesOf } from '@graphql-gatehouse/authorization/options';
import { domainShape } from './domain-shape.ts';
import { packageShape } from './package-shape.ts';
import type { GatehouseConfig } from './project.ts';
import type { GuardReplacement } from './sdl/replace-guards.ts';

const guardShapes = { requires: 'any', maxAge: 'any', factors: 'any' } satisfies ShapesOf<
  Exclude<GuardReplacement, readonly string[]>
>;

const guardShape: Shape = {
  choose: (guard) => (Array.isArray(guard) ? 'any' : { keys: guardShapes }),
};

const combineFiltersShapes = { any: 'any', all: 'any' } satisfies ShapesOf<
  NonNullable<GatehouseConfig['combineFilters']>
>;

/** What the configuration of a project must be. */
export const configShape: Shape = {
  keys: {
    domains: { each: domainShape },
    packages: { each: packageShape },
    schema: 'any',
    database: 'any',
    combineFilters: { keys: combineFiltersShapes },
    newUserGroups: 'any',
    guards: { each: guardShape },
    requireMaxAge: 'any',
    accepts: 'any',
    groupSets: 'any',
    implies: 'any',
  } satisfies ShapesOf<GatehouseConfig>,
};
