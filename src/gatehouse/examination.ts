import { availableParallelism } from 'node:os';
import type { Config, Environment } from '../config/config.ts';
import { type ExamineOptions, examine } from '../doctor/examine.ts';
import { historiesOf } from '../schema/packages/histories.ts';
import { checkPackages } from '../schema/packages/package-calls.ts';
import { packagesOf } from '../schema/packages/packages.ts';
import type { Check } from '../values/check.ts';
import type { Groups } from '../values/groups.ts';
import type { ProjectOptions } from './app-inputs.ts';
import { databaseOptions } from './project-database.ts';

export interface ExaminationOptions extends ProjectOptions {
  readonly environment: Environment;
}

/** How the database is examined, and the groups of the schema. */
interface DatabaseExamination
  extends Pick<ExamineOptions, 'connection' | 'findRemovedGroups' | 'checkTables' | 'now'> {
  readonly groups: () => Groups;
}

/** Checks everything that the server needs, and changes nothing. Problems are failed checks. Takes a few seconds. */
export const examineProject = (
  { environment, ...options }: ExaminationOptions,
  { groups, ...database }: DatabaseExamination,
): Promise<readonly Check[]> =>
  examine({
    ...database,
    config: options.config,
    environment,
    keys: keyOptions(options.config, database.now),
    database: databaseOptions(options),
    histories: historiesOf(options.project),
    packages: packagesOf(options.project.config),
    checkPackages: () => checkPackages({ ...options, groups }),
    cores: availableParallelism(),
  });

/** Returns where the keys are that sign access tokens, and how they are used. */
export const keyOptions = ({ signingKeys, accessToken }: Config, now: () => Date) => ({
  ...signingKeys,
  lifetimeSeconds: accessToken.lifetimeSeconds,
  now,
});
