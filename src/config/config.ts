import { join } from 'node:path';
import { type Mistake, NamedError, named } from '../error-pages.ts';
import type { SettingProblem } from '../values/package-setting.ts';
import { parsePackageSettings, type SettingsOwner } from './package-settings.ts';
import { pageOrigins } from './page-origins.ts';
import { type Environment, parseGroup } from './settings/setting-group.ts';
import { findBrokenRules, type Settings, settings } from './settings/settings.ts';
import { findOwnerless } from './settings-of-packages.ts';

export type { Environment } from './settings/setting-group.ts';

/** The settings are invalid. Lists every problem by variable, without its value. */
export class ConfigError extends NamedError {
  override readonly name = 'ConfigError';
  readonly problems: readonly string[];

  constructor(mistakes: readonly Mistake[]) {
    const problems = mistakes.map(({ problem }) => problem);
    const names = mistakes.map(({ name }) => name);
    super(names, `Invalid settings:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
    this.problems = problems;
  }
}

/** All settings of a process, each with its unit in its name. They are declared in `settings/`. */
export interface Config extends Readonly<ReturnType<typeof toConfig>> {
  /** The values of settings that packages declare, by name. */
  readonly ofPackages: Readonly<Record<string, unknown>>;
}

/**
 * Parses the environment, and reports every problem at once, by variable.
 *
 * @param packages those of the project, which may have settings. Undefined: the project is not known.
 * @throws {ConfigError}
 */
export function parseConfig(environment: Environment, packages?: readonly SettingsOwner[]): Config {
  const { values, problems } = parseGroup(settings, environment);
  const ofPackages = parsePackageSettings(packages ?? [], environment, {
    isProduction: values.isProduction,
    origins: pageOrigins(values),
    // An address that is wrong is not in `values`.
    database: (environment.DATABASE_URL ?? '') === '' ? 'embedded' : 'postgresql',
  });
  const all = [
    ...named('invalid-setting', [...problems, ...ofPackages.problems].map(describe)),
    ...(packages === undefined
      ? []
      : named('setting-without-package', findOwnerless(environment, packages).map(describe))),
    ...named('invalid-setting', findBrokenRules(values, environment, problems).map(describe)),
  ];
  if (all.length === 0) return { ...toConfig(values), ofPackages: ofPackages.values };
  throw new ConfigError(all);
}

const describe = ({ name, message }: SettingProblem): string => `${name} ${message}`;

/** Adds the defaults that depend on other settings. */
function toConfig(values: Settings) {
  const { isProduction, dataDir, signingKeys, databaseLimits, operationLimits, stop } = values;
  const { deadlineSeconds } = stop;
  const usualDrainSeconds = isProduction ? productionDrainSeconds : 0;
  return {
    ...values,
    origins: pageOrigins(values),
    mayCreateDatabase: values.mayCreateDatabase || !isProduction,
    databaseLimits: {
      ...databaseLimits,
      // A statement must not outlive its operation.
      statementTimeoutMs: Math.min(databaseLimits.statementTimeoutMs, operationLimits.timeoutMs),
    },
    signingKeys: {
      ...signingKeys,
      file: signingKeys.file ?? join(dataDir, 'signing-keys.json'),
      createIfMissing: signingKeys.file === undefined,
    },
    stop: {
      drainSeconds: stop.drainSeconds ?? Math.min(usualDrainSeconds, deadlineSeconds - 1),
      deadlineSeconds,
    },
  };
}

const productionDrainSeconds = 5;
