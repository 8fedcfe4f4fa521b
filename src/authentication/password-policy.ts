import { isEasyToGuess, isUsedMuch } from './guessable-password.ts';
import { normalizeText } from './normalize-text.ts';
import { toUsernameKey } from './username.ts';

/** bcrypt reads this many bytes and ignores the rest: a longer password must never be hashed. */
export const maxPasswordBytes = 72;

/** NIST SP 800-63B-4, 3.1.1.2: the least for a password that is the only factor. */
const defaultMinLength = 15;

/** A shorter username is part of too many good passwords by chance. */
const minTellingUsernameLength = 3;

export interface PasswordRules {
  /** The least number of characters: Unicode code points after NFC. 15 when absent. */
  readonly minLength?: number | undefined;
  /** The name of the user whose password it is to be. */
  readonly username?: string | undefined;
}

/** The one form in which passwords are counted, hashed and compared: NFC (RFC 8265, 4.2.2). */
export function normalizePassword(password: string): string {
  return normalizeText(password, 'NFC');
}

/** Why bcrypt could not tell this normalized password from another one, or `undefined`. */
export function findHashingObstacle(normalPassword: string): string | undefined {
  if (Buffer.byteLength(normalPassword, 'utf8') > maxPasswordBytes) {
    return `A password must have at most ${maxPasswordBytes} bytes in UTF-8.`;
  }
  if (normalPassword.includes('\0')) return 'A password must not contain NUL characters.';
  // UTF-8 cannot express half of a surrogate pair: all of them would become U+FFFD.
  if (/\p{Surrogate}/u.test(normalPassword))
    return 'A password must not contain unpaired surrogates.';
  return undefined;
}

/**
 * Tells which rule a new password breaks, or `undefined`: a sentence for the client that never
 * repeats the value. The caller knows the argument's name and throws.
 *
 * For new passwords only: a rule made stricter must not lock out who has an older password.
 */
export function checkPassword(
  password: string,
  { minLength = defaultMinLength, username }: PasswordRules = {},
): string | undefined {
  const normal = normalizePassword(password);
  if ([...normal].length < minLength)
    return `A password must have at least ${minLength} characters.`;

  const obstacle = findHashingObstacle(normal);
  if (obstacle !== undefined) return obstacle;

  if (isUsedMuch(normal)) return 'This password is too common.';

  if (username !== undefined && containsUsername(normal, username)) {
    return 'A password must not contain the username.';
  }
  if (isEasyToGuess(normal, minLength)) {
    return 'This password is too easy to guess: avoid repetitions, sequences and common words.';
  }
  return undefined;
}

function containsUsername(password: string, username: string): boolean {
  const key = toUsernameKey(username);
  return [...key].length >= minTellingUsernameLength && toUsernameKey(password).includes(key);
}
