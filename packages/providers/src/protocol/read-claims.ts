import type { GroupsOfClaim, OidcProvider } from '../oidc.ts';
import { type ProvedIdentity, ProviderError } from './protocol.ts';

type Claims = Readonly<Record<string, unknown>>;

/** What the project says of the provider's claims. */
type ClaimRules = Pick<OidcProvider, 'subject' | 'allow' | 'proves' | 'authTime' | 'groups'>;

/** The longest text of a claim that is kept. OpenID Connect Core, 2: `sub` has at most 255 characters. */
const maxLength = 255;
const toleranceSeconds = 30;

/**
 * Reads who has logged in, and what that proves, from the claims of an ID token that was checked. Pure.
 *
 * @throws {ProviderError}
 */
export function readClaims(
  claims: Claims,
  { subject, allow, proves, authTime, groups }: ClaimRules,
  now: Date,
): ProvedIdentity {
  for (const [name, values] of Object.entries(allow)) {
    if (!values.includes(textOf(claims, name))) throw new ProviderError('claims', 'NOT_ALLOWED');
  }
  // Also where it does not count, it must be sound.
  const at = timeOf(claims, now);
  const names = subject.map((name) => textOf(claims, name));
  const [only = ''] = names;
  return {
    issuer: textOf(claims, 'iss'),
    subject: names.length === 1 ? only : JSON.stringify(names),
    at: authTime ? at : undefined,
    kinds: methodsOf(claims).some((method) => proves.has(method)) ? 2 : 1,
    sub: textOf(claims, 'sub'),
    sid: Object.hasOwn(claims, 'sid') ? textOf(claims, 'sid') : undefined,
    groups: groups && readGroups(claims, groups),
  };
}

/**
 * Returns the groups that a claim gives. One that is missing, or that the provider has cut, is not 'none': nothing is known of its
 * user then.
 */
function readGroups(claims: Claims, { claim, map }: GroupsOfClaim): readonly string[] {
  // Entra names claims that were too long elsewhere: the token has 200 groups at most.
  const isCut =
    isNamedIn(claims._claim_names, claim) || (claim === 'groups' && claims.hasgroups === true);
  if (isCut) throw new ProviderError('claims', 'GROUPS_CUT');
  const given = Object.hasOwn(claims, claim) ? claims[claim] : undefined;
  const values: readonly unknown[] = Array.isArray(given) ? given : [given];
  if (!values.every((each) => typeof each === 'string')) {
    throw new ProviderError('claims', 'GROUPS_MISSING');
  }
  return [...new Set(values.flatMap((value) => map.get(value) ?? []))];
}

const isNamedIn = (names: unknown, claim: string): boolean =>
  typeof names === 'object' && names !== null && Object.hasOwn(names, claim);

function textOf(claims: Claims, name: string): string {
  const value = Object.hasOwn(claims, name) ? claims[name] : undefined;
  if (typeof value === 'string' && value !== '' && value.length <= maxLength) return value;
  throw new ProviderError('claims', 'CLAIM_MISSING');
}

/** OpenID Connect Core, 2: seconds since 1970. `iat` says when the token was made: it must not be in the future, and proves nothing. */
function timeOf({ auth_time: seconds, iat }: Claims, now: Date): Date | undefined {
  const latest = now.getTime() / 1000 + toleranceSeconds;
  const isPast = (time: unknown): time is number =>
    typeof time === 'number' && time > 0 && time <= latest;
  if (iat !== undefined && !isPast(iat)) throw new ProviderError('claims', 'BAD_TIME');
  if (seconds === undefined) return undefined;
  if (!isPast(seconds) || !Number.isInteger(seconds)) throw new ProviderError('claims', 'BAD_TIME');
  // What the other clock is ahead is not in the future here: it would count as never.
  return new Date(Math.min(seconds * 1000, now.getTime()));
}

const methodsOf = ({ acr, amr }: Claims): readonly string[] =>
  [acr, ...(Array.isArray(amr) ? amr : [])].filter((each) => typeof each === 'string');
