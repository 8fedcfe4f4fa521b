import type { PGlite } from '@electric-sql/pglite';
import type { SqlMigrationAwareDriverAdapterFactory } from '@prisma/driver-adapter-utils';
import type { GraphQLSchema } from 'graphql';
import type pg from 'pg';
import type { ProjectClient } from '../changes/data-client.ts';
import type { Domain } from './domain.ts';

interface CommonAccess {
  /** A Prisma driver adapter, on PostgreSQL and on the embedded database alike. */
  readonly adapter: SqlMigrationAwareDriverAdapterFactory;
}

/** What a project's data client is made with. Gatehouse ends the connections itself. */
export type DatabaseAccess =
  | (CommonAccess & {
      readonly kind: 'postgresql';
      /** Gatehouse's own pool, with its limits of time. It takes no callbacks, and is never to be ended. */
      readonly pool: pg.Pool;
    })
  | (CommonAccess & {
      readonly kind: 'embedded';
      /**
       * The embedded database. It has one connection: a transaction that waits for a query outside of it waits
       * for itself.
       */
      readonly pglite: PGlite;
    });

/** The one file that configures Gatehouse in code. Settings of a deployment are environment variables. */
export interface GatehouseConfig<TClient extends ProjectClient = ProjectClient> {
  readonly domains?: readonly Domain[];
  /**
   * An executable schema made elsewhere, such as by Pothos or Nexus, with its rules in
   * `extensions.directives.auth`. Joined with Gatehouse's types and the domains', then guarded with them.
   */
  readonly schema?: GraphQLSchema;
  /** Makes the project's data client, which becomes `context.db`. */
  readonly database?: (access: DatabaseAccess) => TClient;
  /** Groups of a user for whom none are given. */
  readonly newUserGroups?: readonly string[];
  /** Replaces `requires` of Gatehouse's own fields, by coordinate. */
  readonly guards?: Readonly<Record<string, readonly string[]>>;
}

/** Declares a project's configuration. It only checks types. */
export const defineConfig = <TClient extends ProjectClient = ProjectClient>(
  config: GatehouseConfig<TClient>,
): GatehouseConfig<TClient> => config;

/** A configuration, and the folder that its paths start from. */
export interface Project {
  readonly directory: string;
  readonly config: GatehouseConfig;
}
