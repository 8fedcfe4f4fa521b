import { maxTextLength } from '../authentication/normalize-text.ts';
import { BadUserInputError } from '../errors.ts';

/** Bounds of a text, in Unicode code points. */
export interface TextBounds {
  readonly least: number;
  readonly most: number;
}

/** What is not to be seen in a text: half of a character, or what a terminal, table or log obeys. */
const forbidden = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}]/u;

/** A text of which nothing is seen: white space, and what is drawn as nothing, such as U+200B (UAX 44). */
const blank = /^[\p{White_Space}\p{Cf}\p{Default_Ignorable_Code_Point}]*$/u;

/**
 * The text that a client wrote, without white space at its ends.
 *
 * @throws {BadUserInputError} when it is too short or too long, when nothing of it is seen, or when it holds
 *   what PostgreSQL cannot keep (NUL), what UTF-8 cannot express (unpaired surrogates) or other control
 *   characters, those that end a line or turn the direction of writing among them: a log or a table would
 *   be read wrongly by people (UTS 39, 4).
 */
export function parseText(argument: string, value: string, { least, most }: TextBounds): string {
  const tooShortOrLong = () =>
    new BadUserInputError(argument, `\`${argument}\` must have ${least} to ${most} characters.`);
  if (value.length > maxTextLength) throw tooShortOrLong();
  if (forbidden.test(value)) {
    throw new BadUserInputError(argument, `\`${argument}\` must not contain control characters.`);
  }
  const text = blank.test(value) ? '' : value.trim();
  const length = [...text].length;
  if (length < least || length > most) throw tooShortOrLong();
  return text;
}
