import type { SqlMigrationAwareDriverAdapterFactory } from '@prisma/driver-adapter-utils';
import type { ProjectClient } from '../changes/data-client.ts';
import type { Domain } from './domain.ts';

/** What a project's data client is made with. */
export interface DatabaseAccess {
  /** A Prisma driver adapter, on PostgreSQL and on the embedded database alike. */
  readonly adapter: SqlMigrationAwareDriverAdapterFactory;
}

/** The one file that configures Gatehouse in code. Settings of a deployment are environment variables. */
export interface GatehouseConfig<TClient extends ProjectClient = ProjectClient> {
  readonly domains?: readonly Domain[];
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
