import type { OidcProvider } from '../oidc.ts';
import { type ProvedIdentity, ProviderError } from './protocol.ts';

type Claims = Readonly<Record<string, unknown>>;

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
  { subject, allow, proves }: Pick<OidcProvider, 'subject' | 'allow' | 'proves'>,
  now: Date,
): ProvedIdentity {
  for (const [name, values] of Object.entries(allow)) {
    if (!values.includes(textOf(claims, name))) throw new ProviderError('claims', 'NOT_ALLOWED');
  }
  const names = subject.map((name) => textOf(claims, name));
  const [only = ''] = names;
  return {
    issuer: textOf(claims, 'iss'),
    subject: names.length === 1 ? only : JSON.stringify(names),
    at: timeOf(claims, now),
    kinds: methodsOf(claims).some((method) => proves.has(method)) ? 2 : 1,
  };
}

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
