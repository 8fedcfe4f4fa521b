import { z } from 'zod';
import type { SettingProblem } from '../../values/package-setting.ts';
import { accessSettings } from './access.ts';
import { authenticationSettings } from './authentication.ts';
import { databaseSettings } from './database.ts';
import { limitSettings } from './limits.ts';
import { operationSettings } from './operations.ts';
import { processSettings } from './process.ts';
import { runningSettings } from './running.ts';
import type { Environment } from './setting-group.ts';

/** Every setting of the server, in the order of the documentation. */
export const settings = z.object({
  ...processSettings,
  ...databaseSettings,
  ...accessSettings,
  ...authenticationSettings,
  ...limitSettings,
  ...operationSettings,
  ...runningSettings,
});

export type Settings = z.output<typeof settings>;

/** A rule for settings that are valid alone, but not together. */
interface Rule {
  /** The settings of the rule. The message asks to change the first one. */
  readonly names: readonly [string, ...string[]];
  readonly message: string;
  isBroken(values: Settings, environment: Environment): boolean;
}

const rules: readonly Rule[] = [
  {
    names: ['STOP_SECONDS', 'DRAIN_SECONDS'],
    message: 'must be greater than DRAIN_SECONDS',
    isBroken: ({ stop }) => (stop.drainSeconds ?? 0) >= stop.deadlineSeconds,
  },
  {
    // Checked also for an invalid DATABASE_URL, which will be corrected: both problems are then reported at once.
    names: ['SIGNING_KEYS', 'NODE_ENV'],
    message:
      'is required in production with DATABASE_URL: a JSON Web Key Set file shared by all nodes',
    isBroken: ({ isProduction, signingKeys }, environment) =>
      isProduction && hasDatabaseUrl(environment) && signingKeys.file === undefined,
  },
  {
    names: ['DATABASE_REPLICA_URL', 'DATABASE_URL'],
    message: 'requires DATABASE_URL, the primary that it follows',
    isBroken: ({ databaseReplica }, environment) =>
      databaseReplica !== undefined && !hasDatabaseUrl(environment),
  },
  {
    names: ['DATABASE_DIRECT_URL', 'DATABASE_URL'],
    message: 'requires DATABASE_URL, the pooler that it bypasses',
    isBroken: ({ databaseDirectUrl }, environment) =>
      databaseDirectUrl !== undefined && !hasDatabaseUrl(environment),
  },
  {
    names: ['AUTHORIZATION', 'AUTHORIZATION_REPORT_IN_PRODUCTION', 'NODE_ENV'],
    message:
      'set to report denies no access: in production, it also requires AUTHORIZATION_REPORT_IN_PRODUCTION=yes',
    isBroken: ({ isProduction, reportsOnly, mayReportInProduction }) =>
      isProduction && reportsOnly && !mayReportInProduction,
  },
  {
    names: ['BCRYPT_COST', 'NODE_ENV'],
    message: 'must be at least 10 in production',
    isBroken: ({ isProduction, bcryptCost }) => isProduction && bcryptCost < 10,
  },
];

/** Finds the broken rules between settings. Rules with a setting in `wrong` are skipped. */
export const findBrokenRules = (
  values: Settings,
  environment: Environment,
  wrong: readonly SettingProblem[],
): readonly SettingProblem[] =>
  rules
    .filter(({ names }) => !wrong.some(({ name }) => names.includes(name)))
    .filter(({ isBroken }) => isBroken(values, environment))
    .map(({ names, message }) => ({ name: names[0], message }));

const hasDatabaseUrl = ({ DATABASE_URL = '' }: Environment): boolean => DATABASE_URL !== '';
