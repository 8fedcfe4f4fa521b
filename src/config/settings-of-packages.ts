import { addPackage } from '../values/missing-package.ts';
import type { SettingProblem } from '../values/package-setting.ts';
import type { SettingsOwner } from './package-settings.ts';
import type { Environment } from './settings/setting-group.ts';

/** Settings that would be missed without a word if their package were not there: a server would do less than they say. */
const owners: Readonly<Record<string, string>> = {
  OPERATIONS: 'operations',
  OPERATIONS_PATH: 'operations',
  OPERATIONS_FREE: 'operations',
  ACCESS_COUNTS: 'rights',
  AUDIT_READS_DAYS: 'rights',
};

/** Finds settings whose package is not in the configuration. */
export const findOwnerless = (
  environment: Environment,
  packages: readonly SettingsOwner[],
): readonly SettingProblem[] =>
  Object.entries(owners)
    .filter(
      ([name, owner]) => isSet(environment[name]) && !packages.some((each) => each.name === owner),
    )
    .map(([name, owner]) => ({ name, message: addPackage(owner) }));

const isSet = (text: string | undefined): boolean => text !== undefined && text !== '';
