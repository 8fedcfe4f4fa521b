import { maxTextLength, normalizeText } from './normalize-text.ts';

const maxUsernameLength = 64;
const wrongLength = `A username must have 1 to ${maxUsernameLength} characters.`;

/**
 * Letters, marks, digits and `. _ - @ +`, led by a letter or digit. Default-ignorable code points
 * are out although some count as letters or marks (Hangul fillers, variation selectors): they
 * are invisible, and two names that look the same would be two users (RFC 8264, 9.13).
 */
const usernamePattern =
  /^(?!.*\p{Default_Ignorable_Code_Point})[\p{L}\p{Nd}][\p{L}\p{M}\p{Nd}._\-@+]*$/u;

/** The form in which an accepted username is shown. */
export const normalizeUsername = (username: string): string => normalizeText(username, 'NFKC');

/**
 * The form under which a username is stored as a key and looked up: two names with one key are
 * one user.
 *
 * The idea is RFC 8265's UsernameCaseMapped profile: width and other compatibility forms are
 * folded (NFKC, a superset of its width mapping) and the case is mapped to lower (3.3). It does
 * not fold what Unicode keeps apart: `ß` and `ss`, `σ` and `ς`, look-alikes of other scripts.
 * It applies no bidi rule. It depends on no locale. Applying it twice changes nothing.
 * A name that is too long for any user has a key that is no user's.
 */
export function toUsernameKey(username: string): string {
  // Lower case can undo the normal form, so that form is restored last.
  return normalizeText(normalizeUsername(username).toLowerCase(), 'NFKC');
}

/**
 * Tells which rule a new username breaks, or `undefined`: a sentence for the client that never
 * repeats the value. The caller knows the argument's name and throws.
 */
export function checkUsername(username: string): string | undefined {
  if (username.length > maxTextLength) return wrongLength;
  const normal = normalizeUsername(username);
  // Lower case can be longer: the key, which is what is stored, has the same bound.
  const length = Math.max([...normal].length, [...toUsernameKey(username)].length);
  if (length < 1 || length > maxUsernameLength) return wrongLength;
  if (!usernamePattern.test(normal)) {
    return 'A username must start with a letter or digit and contain only letters, digits and . _ - @ +';
  }
  return undefined;
}
