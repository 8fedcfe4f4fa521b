import { maxTextLength, normalizeText } from './normalize-text.ts';

const maxUsernameLength = 64;
const wrongLength = `A username must have 1 to ${maxUsernameLength} characters.`;

/**
 * Matches letters, marks, digits and `. _ - @ +`, with a letter or digit at the start. Default-ignorable code points
 * are excluded, although some count as letters or marks (Hangul fillers, variation selectors): they are invisible,
 * and two names that look the same would be two users (RFC 8264, 9.13).
 */
const usernamePattern =
  /^(?!.*\p{Default_Ignorable_Code_Point})[\p{L}\p{Nd}][\p{L}\p{M}\p{Nd}._\-@+]*$/u;

/** Returns the form in which an accepted username is shown. */
export const normalizeUsername = (username: string): string => normalizeText(username, 'NFKC');

/**
 * Returns the key of a username, by which it is stored and looked up. Names with the same key are the same user.
 *
 * Similar to RFC 8265's UsernameCaseMapped profile: width and other compatibility forms are folded (NFKC, a superset
 * of its width mapping), and letters are mapped to lower case (3.3). It keeps letters apart that Unicode keeps apart:
 * `ß` and `ss`, `σ` and `ς`, look-alikes of other scripts. It applies no bidi rule, does not depend on a locale, and
 * is idempotent. The key of a name that is too long never equals a user's key.
 */
export function toUsernameKey(username: string): string {
  // Lower case can undo the normal form, so that form is restored last.
  return normalizeText(normalizeUsername(username).toLowerCase(), 'NFKC');
}

/**
 * Returns the rule that a new username breaks, as a sentence for the client that never repeats the value, or
 * `undefined`. The caller throws, with the name of the argument.
 */
export function checkUsername(username: string): string | undefined {
  if (username.length > maxTextLength) return wrongLength;
  const normal = normalizeUsername(username);
  // Lower case can be longer, so the stored key has the same maximum length.
  const length = Math.max([...normal].length, [...toUsernameKey(username)].length);
  if (length < 1 || length > maxUsernameLength) return wrongLength;
  if (!usernamePattern.test(normal)) {
    return 'A username must start with a letter or digit and contain only letters, digits and . _ - @ +';
  }
  return undefined;
}
