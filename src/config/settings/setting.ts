import { z } from 'zod';

/** The description of a setting besides its value. */
export interface SettingFacts {
  /** Its effect and when to change it, in a few sentences. */
  readonly meaning: string;
  /** What may be shown of its value: all, the URL without user and password, or only that it is set. */
  readonly shows: 'value' | 'place' | 'presence';
}

/** The facts of each setting, by its schema. */
export const settingFacts = z.registry<SettingFacts>();

/** Declares a setting: its schema with the default, and its meaning. */
export const setting = <Schema extends z.ZodType>(
  schema: Schema,
  meaning: string,
  shows: SettingFacts['shows'] = 'value',
): Schema => {
  settingFacts.add(schema, { meaning, shows });
  return schema;
};

export const day = 24 * 60 * 60;

export const wholeNumber = (least: number, most: number, fallback: number) =>
  anyWholeNumber(least, most).default(fallback);

/** A whole number without a default. */
export const anyWholeNumber = (least: number, most: number) =>
  z
    .string()
    .regex(/^-?\d+$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.number().min(least, `must be at least ${least}`).max(most, `must be at most ${most}`));

export const text = (fallback: string) => z.string().min(1, 'must not be empty').default(fallback);
