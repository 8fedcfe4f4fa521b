import { nearestName } from '../nearest-name.ts';
import type { Environment } from './config.ts';
import { settings } from './settings/settings.ts';

/** A variable that is no setting, but is named nearly as one. */
export interface MisspelledSetting {
  readonly name: string;
  readonly meant: string;
}

const known = Object.keys(settings);
/** OpenTelemetry reads variables of its own. */
const foreignNames = /^OTEL_/;
/** Shorter names are near to each other by chance. */
const minLength = 6;

/** Finds variables that were probably meant as settings. All others in the environment are other programs'. */
export const findMisspelledSettings = (environment: Environment): readonly MisspelledSetting[] =>
  Object.keys(environment)
    .filter((name) => name.length >= minLength && !known.includes(name) && !foreignNames.test(name))
    .flatMap((name) => {
      const meant = nearestName(name, known);
      return meant === undefined ? [] : [{ name, meant }];
    });

/** Describes one for the operator. Its value may be a secret. */
export const describeMisspelled = ({ name, meant }: MisspelledSetting): string =>
  `${name} is not a setting: did you mean ${meant}?`;
