import { isEasyToGuess, isUsedMuch } from './guessable-password.ts';
import { normalizeText } from './normalize-text.ts';
import type { PasswordSettings } from './password-settings.ts';
import { toUsernameKey } from './username.ts';

/** bcrypt ignores everything beyond this many bytes: longer passwords must not be hashed. */
export const maxPasswordBytes = 72;

/** The minimum length of a password that is the only factor (NIST SP 800-63B-4, 3.1.1.2). */
const defaultMinLength = 15;

/** Shorter usernames are part of many good passwords by chance. */
const minCheckedUsernameLength = 3;

/** The settings default to 15 characters and no words. */
export interface PasswordRules extends Partial<PasswordSettings> {
  readonly username?: string | undefined;
}

/** Returns the form in which passwords are counted, hashed and compared: NFC (RFC 8265, 4.2.2). */
export function normalizePassword(password: string): string {
  return normalizeText(password, 'NFC');
}

/** Returns why bcrypt cannot hash this normalized password without confusing it with another one, or `undefined`. */
export function findHashingObstacle(normalPassword: string): string | undefined {
  if (Buffer.byteLength(normalPassword, 'utf8') > maxPasswordBytes) {
    return `A password must have at most ${maxPasswordBytes} bytes in UTF-8.`;
  }
  if (normalPassword.includes('\0')) return 'A password must not contain NUL characters.';
  // UTF-8 cannot encode half of a surrogate pair: all of them would become U+FFFD.
  if (/\p{Surrogate}/u.test(normalPassword))
    return 'A password must not contain unpaired surrogates.';
  return undefined;
}

/**
 * Returns the rule that a new password breaks, as a sentence for the client that never repeats the value, or
 * `undefined`. The caller throws, with the name of the argument.
 *
 * Call it only for new passwords: a stricter rule must not lock out users with older passwords.
 */
export function checkPassword(
  password: string,
  { minLength = defaultMinLength, words = [], username }: PasswordRules = {},
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
  if (isEasyToGuess(normal, { minLength, words: words.map(normalizePassword) })) {
    return 'This password is too easy to guess: avoid repetitions, sequences and common words.';
  }
  return undefined;
}

function containsUsername(password: string, username: string): boolean {
  const key = toUsernameKey(username);
  return [...key].length >= minCheckedUsernameLength && toUsernameKey(password).includes(key);
}
