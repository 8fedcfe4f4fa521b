import { z } from 'zod';

const maxWords = 100;

/** Estimates read no more of a password. */
const maxWordLength = 32;

/** Parses `PASSWORD_WORDS`: words that make a password easy to guess, in any case. */
export const passwordWords = z.string().transform((text, context): readonly string[] => {
  const words = text.split(',').map((word) => word.trim().toLowerCase());
  const isWord = ({ length }: string) => length >= 2 && length <= maxWordLength;
  if (words.length <= maxWords && words.every(isWord)) return words;
  const message = `must be a comma-separated list of at most ${maxWords} words of 2 to ${maxWordLength} characters, such as acme,falcon`;
  context.addIssue({ code: 'custom', message });
  return z.NEVER;
});
