import { randomUUID } from 'node:crypto';
import { clientId, type HostileProvider } from './hostile-provider.ts';

const event = 'http://schemas.openid.net/event/backchannel-logout';

/** The claims of a log-out token, with those of a test. Undefined ones are left out. */
export function logoutClaims(
  issuer: string,
  changed: Readonly<Record<string, unknown>> = {},
): Readonly<Record<string, unknown>> {
  const now = Math.floor(Date.now() / 1000);
  const claims = {
    iss: issuer,
    aud: clientId,
    iat: now,
    exp: now + 120,
    jti: randomUUID(),
    events: { [event]: {} },
    ...changed,
  };
  return Object.fromEntries(Object.entries(claims).filter(([, value]) => value !== undefined));
}

/** A signed log-out token. */
export const logoutToken = (
  provider: HostileProvider,
  changed: Readonly<Record<string, unknown>>,
): Promise<string> => provider.sign(logoutClaims(provider.issuer, changed));

/** Sends the body of a log-out to the route of a provider. */
export const sendLogout = (
  origin: string,
  fields: Readonly<Record<string, string>> | string,
  path = '/providers/acme/logout',
): Promise<Response> =>
  fetch(`${origin}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: typeof fields === 'string' ? fields : `${new URLSearchParams(fields)}`,
  });
