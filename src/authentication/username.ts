const maxUsernameLength = 64;

/**
 * Letters, marks, digits and `. _ - @ +`, led by a letter or digit. Default-ignorable code points
 * are out although some count as letters or marks (Hangul fillers, variation selectors): they
 * are invisible, and two names that look the same would be two users (RFC 8264, 9.13).
 */
const usernamePattern =
  /^(?!.*\p{Default_Ignorable_Code_Point})[\p{L}\p{Nd}][\p{L}\p{M}\p{Nd}._\-@+]*$/u;

/**
 * The form under which a username is stored as a key and looked up: two names with one key are
 * one user.
 *
 * The idea is RFC 8265's UsernameCaseMapped profile: width and other compatibility forms are
 * folded (NFKC, a superset of its width mapping) and the case is mapped to lower (3.3). It does
 * not fold what Unicode keeps apart: `ß` and `ss`, `σ` and `ς`, look-alikes of other scripts.
 * It applies no bidi rule. It depends on no locale. Applying it twice changes nothing.
 */
export function toUsernameKey(username: string): string {
  // Lower case can undo the normal form, so that form is restored last.
  return username.normalize('NFKC').toLowerCase().normalize('NFKC');
}

/**
 * Tells which rule a new username breaks, or `undefined`: a sentence for the client that never
 * repeats the value. The caller knows the argument's name and throws.
 */
export function checkUsername(username: string): string | undefined {
  const normal = username.normalize('NFKC');
  // Lower case can be longer: the key, which is what is stored, has the same bound.
  const length = Math.max([...normal].length, [...toUsernameKey(username)].length);
  if (length < 1 || length > maxUsernameLength) {
    return `A username must have 1 to ${maxUsernameLength} characters.`;
  }
  if (!usernamePattern.test(normal)) {
    return 'A username must start with a letter or digit and contain only letters, digits and . _ - @ +';
  }
  return undefined;
}
