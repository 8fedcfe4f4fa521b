import { ZxcvbnFactory } from '@zxcvbn-ts/core';
import { adjacencyGraphs, dictionary } from '@zxcvbn-ts/language-common';
import type { PasswordSettings } from './password-settings.ts';

/**
 * The maximum length of the estimated text. The estimate blocks the thread: at most 20 ms for this many characters,
 * and 100 ms for 72, were measured.
 */
const maxEstimated = 32;
/** The maximum number of ways to read digits and signs as letters. The library's default of 512 takes twice as long. */
const l33tMaxSubstitutions = 16;

/** Words that this product suggests (NIST SP 800-63B-4, 3.1.1.2; OWASP ASVS 5, 6.2.11). */
const productWords = ['gatehouse'];

/** The minimum number of guesses for a new password, as a power of ten: more than any online attack can try. */
const leastGuessesLog10 = 9;

/**
 * Whether a password, in any case, is on a list of the most common passwords (NIST SP 800-63B-4, 3.1.1.2). The list
 * is in lower case. Searching it takes little time compared with a hash.
 */
export const isUsedMuch = (password: string): boolean =>
  dictionary['passwords-common'].includes(password.toLowerCase());

/**
 * Whether a password is found within few guesses by trying common patterns: common, repeated, padded or
 * concatenated words, digits for letters, rows of keys, sequences. `words` are tried first.
 *
 * An unpredictable character counts as a factor of ten. If very short passwords are allowed, a random one of
 * `minLength` may contain one predictable character, because it cannot reach 10^9 guesses.
 */
export function isEasyToGuess(password: string, { minLength, words }: PasswordSettings): boolean {
  // Cut between code points. The beginning never takes more guesses than the whole password.
  const beginning = [...password].slice(0, maxEstimated).join('');
  const { guessesLog10 } = estimator().check(beginning, [...words]);
  return guessesLog10 < Math.min(leastGuessesLog10, minLength - 1);
}

let madeEstimator: ZxcvbnFactory | undefined;

/** Created at first use: indexing its words takes about 25 ms. */
function estimator(): ZxcvbnFactory {
  madeEstimator ??= new ZxcvbnFactory({
    dictionary: { ...dictionary, product: productWords },
    graphs: adjacencyGraphs,
    l33tMaxSubstitutions,
  });
  return madeEstimator;
}
