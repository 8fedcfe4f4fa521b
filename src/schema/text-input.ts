import { checkNames, type ShapesOf } from '@graphql-gatehouse/authorization/options';
import { maxTextLength } from '../authentication/normalize-text.ts';
import { BadUserInputError } from '../errors.ts';

/** The bounds of a text's length, in Unicode code points. */
export interface TextBounds {
  readonly least: number;
  readonly most: number;
}

const boundNames = { least: 'any', most: 'any' } satisfies ShapesOf<TextBounds>;

/** Forbidden characters: unpaired surrogates, and those that control a terminal, a table or a log. */
const forbidden = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}]/u;

/** Matches a text without visible characters: white space, and invisible ones such as U+200B (UAX 44). */
const blank = /^[\p{White_Space}\p{Cf}\p{Default_Ignorable_Code_Point}]*$/u;

/**
 * Returns a client's text without white space at its ends.
 *
 * @throws {BadUserInputError} when it is too short or too long, has no visible characters, or contains characters that
 *   PostgreSQL cannot store (NUL), that UTF-8 cannot encode (unpaired surrogates), or other control characters. Those
 *   that end a line or change the writing direction would make logs and tables misleading (UTS 39, 4).
 */
export function parseText(argument: string, value: string, bounds: TextBounds): string {
  checkNames('parseText', bounds, boundNames);
  const { least, most } = bounds;
  const tooShortOrLong = () =>
    new BadUserInputError(argument, `\`${argument}\` must have ${least} to ${most} characters.`);
  if (value.length > maxTextLength) throw tooShortOrLong();
  if (forbidden.test(value)) {
    throw new BadUserInputError(argument, `\`${argument}\` must not contain control characters.`);
  }
  const text = blank.test(value) ? '' : value.trim();
  const length = [...text].length;
  // Also where a bound is missing.
  if (!(length >= least && length <= most)) throw tooShortOrLong();
  return text;
}
