import { z } from 'zod';

export interface SettingFacts {
  /** The environment variable. */
  readonly name: string;
  /** Its effect and when to change it, in a few sentences. */
  readonly meaning: string;
  /** How much of its value is shown. Default: all. `place`: a URL without user and password. `presence`: that it is set. */
  readonly shows?: 'value' | 'place' | 'presence';
}

/**
 * The facts of each setting, by its schema. A schema becomes a setting when it is registered here:
 * `wholeNumber(0, 65_535, 4000).register(settingFacts, { name: 'PORT', meaning: 'The port to listen on.' })`.
 */
export const settingFacts = z.registry<SettingFacts>();

/** One day, in seconds. */
export const day = 24 * 60 * 60;

export const wholeNumber = (least: number, most: number, fallback: number) =>
  anyWholeNumber(least, most).prefault(`${fallback}`);

export const anyWholeNumber = (least: number, most: number) =>
  z
    .string()
    .regex(/^-?\d+$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.number().min(least, `must be at least ${least}`).max(most, `must be at most ${most}`));

export const text = (fallback: string) => z.string().min(1, 'must not be empty').default(fallback);
