import { z } from 'zod';

/** The description of a setting besides its value. */
export interface SettingFacts {
  /** Its effect and when to change it, in a few sentences. */
  readonly meaning: string;
  /** The part of its value that may be shown: all, the place without user and password, or that it is set. */
  readonly shows: 'value' | 'place' | 'presence';
}

/** The facts of each setting, by its schema. */
export const settingFacts = z.registry<SettingFacts>();

/** Declares a setting: what it may be, its default, and what it means. */
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

/** A whole number that may stand for nothing by its absence. */
export const anyWholeNumber = (least: number, most: number) =>
  z
    .string()
    .regex(/^-?\d+$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.number().min(least, `must be at least ${least}`).max(most, `must be at most ${most}`));

export const text = (fallback: string) => z.string().min(1, 'must not be empty').default(fallback);
