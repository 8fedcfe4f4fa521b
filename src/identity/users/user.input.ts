import { checkPassword, type PasswordRules } from '../../authentication/password-policy.ts';
import type { PasswordSettings } from '../../authentication/password-settings.ts';
import { checkUsername, normalizeUsername, toUsernameKey } from '../../authentication/username.ts';
import { BadUserInputError } from '../../errors.ts';
import { parseText } from '../../schema/text-input.ts';
import { type Email, parseEmail } from '../../values/email.ts';
import type { Group, Groups } from '../../values/groups.ts';
import { maxPageSize, type PageArguments, parsePageSize } from '../../values/page.ts';
import { isUuid } from '../../values/uuid.ts';
import type { CreateUserInput, UpdateUserInput } from '../generated/resolver-types.ts';
import type { IdPage } from '../id-page.ts';
import type { UserChanges } from './user-row.store.ts';

const displayNameBounds = { least: 1, most: 200 };
const searchBounds = { least: 1, most: 200 };

/** A validated `CreateUserInput`. Its password is not hashed yet. */
export interface ParsedNewUser {
  readonly username: string;
  readonly usernameKey: string;
  readonly password: string;
  readonly displayName: string;
  readonly email: string | null;
  readonly groups: readonly Group[];
  /** Empty: none were given, and it gets those of new users. */
  readonly chosenGroups: readonly Group[];
}

export interface NewUserRules {
  readonly passwords: PasswordSettings;
  readonly groups: Groups;
  /** The groups of a user for whom none are given. */
  readonly newUserGroups: readonly Group[];
}

/**
 * Validates a `CreateUserInput`, or arguments that have the same names without `input.`: then `prefix` is empty.
 *
 * @throws {BadUserInputError} with the argument's name.
 */
export function parseNewUser(
  input: CreateUserInput,
  { passwords, groups, newUserGroups }: NewUserRules,
  prefix: 'input.' | '' = 'input.',
): ParsedNewUser {
  const { username, usernameKey } = parseUsername(input.username, `${prefix}username`);
  const problem = checkPassword(input.password, { ...passwords, username });
  if (problem !== undefined) throw new BadUserInputError(`${prefix}password`, problem);
  const chosen = input.groups ?? newUserGroups;
  groups.requireAll(chosen, `${prefix}groups`);
  return {
    username,
    usernameKey,
    password: input.password,
    displayName: parseDisplayName(input.displayName ?? username, `${prefix}displayName`),
    email: parseOptionalEmail(input.email) ?? null,
    groups: groups.inSchemaOrder(chosen),
    chosenGroups: input.groups ?? [],
  };
}

/** Validates a new password of an existing user. @throws {BadUserInputError} */
export function parseNewPassword(
  password: string,
  rules: PasswordRules,
  argument = 'newPassword',
): string {
  const problem = checkPassword(password, rules);
  if (problem !== undefined) throw new BadUserInputError(argument, problem);
  return password;
}

/** Validates an `UpdateUserInput`. @throws {BadUserInputError} with the input field's name. */
export function parseUserChanges(input: UpdateUserInput): UserChanges {
  const email = parseOptionalEmail(input.email);
  return {
    ...parseChange('username', input.username, (username) =>
      parseUsername(username, 'input.username'),
    ),
    ...parseChange('displayName', input.displayName, (displayName) => ({
      displayName: parseDisplayName(displayName, 'input.displayName'),
    })),
    ...(email === undefined ? {} : { email }),
  };
}

/** Validates a search text. @throws {BadUserInputError} */
export function parseSearch(search: string | null | undefined): string | undefined {
  return search === null || search === undefined
    ? undefined
    : parseText('search', search, searchBounds);
}

/**
 * Validates the arguments of a page of sessions. `after` is the id of the last session of the previous page.
 *
 * @throws {BadUserInputError} when `first` is not 1 to 100, or `after` is not an id.
 */
export function parseSessionPage({ first, after }: PageArguments): IdPage {
  const limit = parsePageSize(first ?? maxPageSize);
  if (after === undefined || after === null) return { limit, afterId: undefined };
  if (!isUuid(after)) {
    throw new BadUserInputError('after', '`after` must be the id of a session.');
  }
  return { limit, afterId: after.toLowerCase() };
}

/** Validates a required property of a user, which can be omitted but not removed with null. */
function parseChange<T extends object>(
  field: string,
  value: string | null | undefined,
  parse: (value: string) => T,
): T | Record<never, never> {
  if (value === undefined) return {};
  if (value === null) {
    throw new BadUserInputError(`input.${field}`, `\`input.${field}\` must not be null.`);
  }
  return parse(value);
}

function parseUsername(username: string, argument: string) {
  const problem = checkUsername(username);
  if (problem !== undefined) throw new BadUserInputError(argument, problem);
  return { username: normalizeUsername(username), usernameKey: toUsernameKey(username) };
}

const parseDisplayName = (displayName: string, argument: string): string =>
  parseText(argument, displayName, displayNameBounds);

/** Parses an address. @throws {BadUserInputError} with the argument's name. */
export function requireEmail(argument: string, text: string): Email {
  const found = parseEmail(text);
  if (found !== undefined) return found;
  throw new BadUserInputError(argument, `\`${argument}\` must have the form name@example.org.`);
}

const parseOptionalEmail = (email: string | null | undefined): string | null | undefined =>
  email === null || email === undefined ? email : requireEmail('input.email', email).text;
