import type { DocumentNode } from 'graphql';
import type { Config, Environment } from '../config/config.ts';
import type { DatabaseConnection } from '../database/connect.ts';
import type { ServerTimes } from '../doors/http/server.ts';
import type { Logger } from '../observability/logger.ts';
import type { Metrics } from '../observability/metrics.ts';
import type { Tracing } from '../observability/tracing.ts';
import type { Project } from '../schema/project.ts';
import { input, part } from './part.ts';

export interface ProjectOptions {
  readonly config: Config;
  readonly logger: Logger;
  readonly project: Project;
}

/** What the parts are made from. */
export interface AppOptions extends ProjectOptions, ServerTimes {
  /** An open and migrated database, which the parts do not close. */
  readonly connection: DatabaseConnection;
  /** The environment from which the settings were read. Absent: it is not known. */
  readonly environment?: Environment;
  /** The clock of the process. */
  readonly now?: () => Date;
  /** The SDL in place of the composed one, such as one in which a guard is missing. */
  readonly documents?: readonly DocumentNode[];
  /** Absent: nothing is traced. */
  readonly tracing?: Tracing | undefined;
  /** Absent: nothing is counted. */
  readonly counts?: Partial<Metrics>;
}

export const project = input<Project>('project');
export const options = input<AppOptions>('settings and database');
export const clock = part('clock', (get) => get(options).now ?? (() => new Date()));

/** Gives `createParts` what all parts are made from. `closeLast` is called after all parts are closed. */
export const inputsOf = (appOptions: AppOptions, closeLast?: () => Promise<void>) => [
  project.as(appOptions.project),
  options.as(appOptions, closeLast),
];
