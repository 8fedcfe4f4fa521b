import type { AuthenticationTimes } from '../decision/proofs.ts';

/**
 * The standard kind of factor that each authentication method stands for (RFC 8176, 2). Methods that prove no factor are absent, such as
 * `user` (presence) and `geo`, and so are those of which nothing is known, and `mfa`, which does not say what was proved.
 */
const factorOf: ReadonlyMap<unknown, string> = new Map([
  ['pwd', 'PASSWORD'],
  ['pin', 'PASSWORD'],
  ['kba', 'PASSWORD'],
  ['otp', 'OTP'],
  ['sms', 'OTP'],
  ['tel', 'OTP'],
  ['hwk', 'PASSKEY'],
  ['swk', 'PASSKEY'],
  ['pop', 'PASSKEY'],
  ['sc', 'PASSKEY'],
]);

/** The factor that is two kinds. */
const twoKinds = 'PASSKEY_VERIFIED';

/**
 * Returns when each factor was proved, by the claims `acr` and `auth_time` (OpenID Connect Core, 2) and `amr` (RFC 8176) of
 * a token. `proves` are the values of `acr` and `amr` that stand for two kinds of factors. Undefined: nothing is known, since a
 * claim is missing, malformed, or names no factor.
 */
export function authenticationTimes(
  claims: object,
  proves: ReadonlySet<unknown>,
): AuthenticationTimes | undefined {
  const {
    acr,
    amr,
    auth_time: seconds,
  }: { acr?: unknown; amr?: unknown; auth_time?: unknown } = claims;
  const methods: readonly unknown[] = Array.isArray(amr) ? amr : [];
  if (typeof seconds !== 'number' || !methods.every((method) => typeof method === 'string')) {
    return undefined;
  }
  const time = new Date(seconds * 1000);
  const proved = [
    ...methods.flatMap((method) => factorOf.get(method) ?? []),
    ...([acr, ...methods].some((value) => proves.has(value)) ? [twoKinds] : []),
  ];
  return proved.length === 0 || Number.isNaN(time.getTime())
    ? undefined
    : Object.fromEntries(proved.map((factor) => [factor, time]));
}
