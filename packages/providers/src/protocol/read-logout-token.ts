import {
  createRemoteJWKSet,
  customFetch,
  decodeJwt,
  decodeProtectedHeader,
  errors,
  type JWTPayload,
  jwtVerify,
} from 'jose';
import type { CustomFetch } from 'openid-client';
import { type LogoutToken, ProviderError } from './protocol.ts';

/** What is known of the provider, and of this installation there. */
export interface LogoutTokenRules {
  readonly issuer: string;
  readonly audience: string;
  readonly keys: ReturnType<typeof createKeys>;
  readonly now: Date;
}

const toleranceSeconds = 30;
/** Signatures alone: who knows the client's secret is not the provider. */
const algorithms = ['RS', 'PS', 'ES']
  .flatMap((name) => ['256', '384', '512'].map((size) => `${name}${size}`))
  .concat('EdDSA', 'Ed25519');
const event = 'http://schemas.openid.net/event/backchannel-logout';
const maxLength = 255;

/** Reads the keys of a provider, again when one is not known, and each as the limited fetch does. */
export const createKeys = (address: string, fetch: CustomFetch) =>
  createRemoteJWKSet(new URL(address), {
    [customFetch]: (url, { headers, signal }) =>
      fetch(url, {
        method: 'GET',
        headers: Object.fromEntries(headers),
        body: undefined,
        redirect: 'manual',
        signal,
      }),
  });

/**
 * Checks a log-out token (OpenID Connect Back-Channel Logout 1.0, 2.6). An ID token has no such event, and a log-out
 * token has no `nonce`.
 *
 * @throws {ProviderError}
 */
export async function readLogoutToken(
  token: string,
  { issuer, audience, keys, now }: LogoutTokenRules,
): Promise<LogoutToken> {
  const { payload, protectedHeader } = await jwtVerify(token, keys, {
    issuer,
    audience,
    algorithms,
    clockTolerance: toleranceSeconds,
    currentDate: now,
    requiredClaims: ['iat', 'exp', 'jti', 'events'],
  }).catch((error: unknown) => {
    if (!(error instanceof errors.JOSEError)) throw error;
    throw new ProviderError('logout', codeOf(error), isOfKeys(error));
  });
  const { jti, sub, sid, iat = Number.POSITIVE_INFINITY, exp = 0 } = payload;
  const isSound =
    isLogoutType(protectedHeader.typ) &&
    hasEvent(payload) &&
    payload.nonce === undefined &&
    isName(jti) &&
    (sub !== undefined || sid !== undefined) &&
    [sub, sid].every((each) => each === undefined || isName(each)) &&
    iat <= now.getTime() / 1000 + toleranceSeconds;
  if (!isSound) throw new ProviderError('logout', 'NO_LOGOUT_TOKEN');
  const text = (claim: unknown) => (typeof claim === 'string' ? claim : null);
  return { jti, sub: text(sub), sid: text(sid), expiresAt: new Date(exp * 1000) };
}

/** Whether a text has the form of a log-out token. Without it, the provider is not asked for its keys. Pure. */
export function looksLikeLogoutToken(token: string): boolean {
  try {
    const { typ, alg = '' } = decodeProtectedHeader(token);
    return isLogoutType(typ) && algorithms.includes(alg) && hasEvent(decodeJwt(token));
  } catch {
    return false;
  }
}

/** `logout+jwt` is recommended (2.4), and an ID token has another type or none. */
const isLogoutType = (typ: string | undefined): boolean =>
  typ === undefined ||
  ['logout+jwt', 'jwt'].includes(typ.toLowerCase().replace('application/', ''));

function hasEvent({ events }: JWTPayload): boolean {
  if (typeof events !== 'object' || events === null) return false;
  const [, found] = Object.entries(events).find(([name]) => name === event) ?? [];
  return typeof found === 'object' && found !== null;
}

const isName = (claim: unknown): claim is string =>
  typeof claim === 'string' && claim !== '' && claim.length <= maxLength;

/** Whether the keys of the provider are not as they should be. One that is not known can be new: it is read again a little later. */
const isOfKeys = (error: errors.JOSEError): boolean =>
  error instanceof errors.JWKSNoMatchingKey ||
  error instanceof errors.JWKSInvalid ||
  error instanceof errors.JWKSTimeout ||
  error.code === 'ERR_JOSE_GENERIC';

/** The codes of jose are a closed set. */
const codeOf = ({ code }: errors.JOSEError): string => code.replace('ERR_', '');
