import { BadUserInputError } from '../errors.ts';

/** Bounds of a text, in Unicode code points. */
export interface TextBounds {
  readonly least: number;
  readonly most: number;
}

/**
 * The text that a client wrote, without white space at its ends.
 *
 * @throws {BadUserInputError} when it is too short or too long, or holds what PostgreSQL cannot keep
 *   (NUL), what UTF-8 cannot express (unpaired surrogates) or other control characters, those that turn
 *   the direction of writing among them: a log or a table would be read wrongly by people (UTS 39, 4).
 */
export function parseText(argument: string, value: string, { least, most }: TextBounds): string {
  if (/[\p{Cc}\p{Cs}\p{Bidi_Control}]/u.test(value)) {
    throw new BadUserInputError(argument, `\`${argument}\` must not contain control characters.`);
  }
  const text = value.trim();
  const length = [...text].length;
  if (length < least || length > most) {
    throw new BadUserInputError(argument, `\`${argument}\` has ${least} to ${most} characters.`);
  }
  return text;
}
