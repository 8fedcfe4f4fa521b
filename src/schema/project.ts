import type { AuthorizationOptions } from '@graphql-gatehouse/authorization';
import type { GraphQLSchema } from 'graphql';
import type { ProjectClient } from '../changes/data-client.ts';
import type { Bivariant } from './bivariant.ts';
import type { DatabaseAccess } from './database-access.ts';
import type { AnyDomain } from './domain.ts';
import type { GatehousePackage } from './packages/package.ts';
import type { Guards } from './sdl/replace-guards.ts';

type CombineFilters = NonNullable<AuthorizationOptions<never, never>['combineFilters']>;

/** The one file that configures Gatehouse in code. Settings of a deployment are environment variables. */
export interface GatehouseConfig<TClient extends ProjectClient = ProjectClient> {
  readonly domains?: readonly AnyDomain[];
  /** Optional parts of Gatehouse: `packages: [nats()]`. */
  readonly packages?: readonly GatehousePackage[];
  /**
   * An external executable schema, such as by Pothos or Nexus, with its guards in `extensions.directives.auth`. It is
   * joined with the types of Gatehouse and of the domains, and then guarded.
   */
  readonly schema?: GraphQLSchema;
  /** Creates the project's data client, which becomes `context.db`. */
  readonly database?: (access: DatabaseAccess) => TClient;
  /**
   * Combines the filters of policies in `@auth(rows: ...)`, in the terms of the data client. Default: as Prisma's,
   * `{ OR: [...] }` and `{ AND: [...] }`.
   */
  readonly combineFilters?: {
    readonly any: Bivariant<CombineFilters['any']>;
    readonly all: Bivariant<CombineFilters['all']>;
  };
  /** The default groups of new users. */
  readonly newUserGroups?: readonly string[];
  /**
   * Replaces guards of fields, input fields and groups of Gatehouse and of packages, by coordinate: `requires` by a list of groups, or
   * `requires`, `maxAge` and `factors` by name. `null` removes `maxAge` or `factors`.
   */
  readonly guards?: Guards;
  /** Mutations that must ask for a fresh proof by `maxAge`, by coordinate. The start is refused where one does not. */
  readonly requireMaxAge?: readonly string[];
  /** Why what `gatehouse check` finds at a coordinate is safe: `{ 'Query.patients(ssn:)': 'reception searches by it' }`. */
  readonly accepts?: Readonly<Record<string, string>>;
  /** Sets of groups that users hold together, for which operations are decided too: `[['MANAGER', 'AUDITOR']]`. */
  readonly groupSets?: readonly (readonly string[])[];
  /** The groups that Gatehouse's own groups imply: `{ ADMIN: ['MANAGER'] }`. Others have `@implies` in their SDL. */
  readonly implies?: Readonly<Record<string, readonly string[]>>;
}

/** Declares a project's configuration. Only checks types. */
export const defineConfig = <TClient extends ProjectClient = ProjectClient>(
  config: GatehouseConfig<TClient>,
): GatehouseConfig<TClient> => config;

/** A configuration, and the folder that its paths are relative to. */
export interface Project {
  readonly directory: string;
  readonly config: GatehouseConfig;
}
