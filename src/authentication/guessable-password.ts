import { ZxcvbnFactory } from '@zxcvbn-ts/core';
import { adjacencyGraphs, dictionary } from '@zxcvbn-ts/language-common';

/** The estimate holds up the thread that serves: 20 ms were the most found for this many, 100 ms for 72. */
const maxEstimated = 32;
/** Of the ways to read digits and signs as letters: the library's 512 take twice as long. */
const l33tMaxSubstitutions = 16;

/** Words that this product suggests (NIST SP 800-63B-4, 3.1.1.2; OWASP ASVS 5, 6.2.11). */
const productWords = ['gatehouse'];

/** As powers of ten, how many guesses a new password has to stand: no online attack gets this far. */
const leastGuessesLog10 = 9;

/**
 * Whether it is on a list of passwords that were used most, in any case (NIST SP 800-63B-4, 3.1.1.2).
 * The list is in lower case, and short enough to be read through beside the cost of a hash.
 */
export const isUsedMuch = (password: string): boolean =>
  dictionary['passwords-common'].includes(password.toLowerCase());

/**
 * Whether few guesses find it, tried in the order of those who know how passwords are made: what is used
 * much, repeated, padded, spelled with digits or put one after the other; rows of keys; sequences.
 *
 * A character that nothing predicts counts as a factor of ten. So a random password of `minLength` may
 * have one that is predicted, where so short ones are allowed that 10^9 guesses cannot be asked of them.
 */
export function isEasyToGuess(password: string, minLength: number): boolean {
  // Cut between code points. The beginning alone has fewer guesses than the whole, never more.
  const beginning = [...password].slice(0, maxEstimated).join('');
  const { guessesLog10 } = estimator().check(beginning);
  return guessesLog10 < Math.min(leastGuessesLog10, minLength - 1);
}

let madeEstimator: ZxcvbnFactory | undefined;

/** Made when it is first needed: it indexes its words for about 25 ms. */
function estimator(): ZxcvbnFactory {
  madeEstimator ??= new ZxcvbnFactory({
    dictionary: { ...dictionary, product: productWords },
    graphs: adjacencyGraphs,
    l33tMaxSubstitutions,
  });
  return madeEstimator;
}
