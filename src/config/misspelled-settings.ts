import { nearestName } from '../values/nearest-name.ts';
import { everySetting, type SettingsOwner } from './package-settings.ts';
import type { Environment } from './settings/setting-group.ts';

/** An environment variable whose name is similar to that of a setting. */
export interface MisspelledSetting {
  readonly name: string;
  readonly meant: string;
}

/** OpenTelemetry reads more variables than those that are settings, and libpq and the driver pg read PGHOST and the like. */
const foreignNames = /^(?:OTEL_|PG[A-Z]+$)/;
/** Shorter names are often similar by chance. */
const minLength = 6;

/** Finds variables that are probably misspelled settings. All others belong to other programs. */
export function findMisspelledSettings(
  environment: Environment,
  packages: readonly SettingsOwner[] = [],
): readonly MisspelledSetting[] {
  const known = everySetting(packages).map(({ name }) => name);
  return Object.keys(environment)
    .filter((name) => name.length >= minLength && !known.includes(name) && !foreignNames.test(name))
    .flatMap((name) => {
      const meant = nearestName(name, known);
      return meant === undefined ? [] : [{ name, meant }];
    });
}

/** Describes a misspelled setting without its value, which may be a secret. */
export const describeMisspelled = ({ name, meant }: MisspelledSetting): string =>
  `${name} is not a setting: did you mean ${meant}?`;
