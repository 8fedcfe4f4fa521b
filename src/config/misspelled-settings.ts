import { distance } from 'fastest-levenshtein';
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
const maxEdits = 2;
/** Of the longer name, for two names that begin with the same word: BCRYPT_ROUNDS is near to BCRYPT_COST. */
const maxEditedShare = 0.4;

/** Finds variables that were probably meant as settings. All others in the environment are other programs'. */
export const findMisspelledSettings = (environment: Environment): readonly MisspelledSetting[] =>
  Object.keys(environment)
    .filter((name) => name.length >= minLength && !known.includes(name) && !foreignNames.test(name))
    .flatMap((name) => {
      const [nearest] = known
        .map((setting) => ({ setting, edits: distance(name, setting) }))
        .filter(({ setting, edits }) => isNear(name, setting, edits))
        .sort((a, b) => a.edits - b.edits);
      return nearest === undefined ? [] : [{ name, meant: nearest.setting }];
    });

function isNear(name: string, setting: string, edits: number): boolean {
  const length = Math.max(name.length, setting.length);
  const beginsAlike = wordsOf(name)[0] === wordsOf(setting)[0];
  return edits <= maxEdits || (beginsAlike && edits <= maxEditedShare * length);
}

const wordsOf = (name: string): readonly string[] => name.split('_');
