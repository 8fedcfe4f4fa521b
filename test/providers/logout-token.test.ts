import { randomBytes } from 'node:crypto';
import { SignJWT } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { oidc } from '../../packages/providers/src/oidc.ts';
import { createProtocol } from '../../packages/providers/src/protocol/create-protocol.ts';
import { ProviderError } from '../../packages/providers/src/protocol/protocol.ts';
import {
  clientId,
  clientSecret,
  type HostileProvider,
  sendEndlessly,
  startHostileProvider,
} from '../support/hostile-provider.ts';
import { logoutClaims, logoutToken } from '../support/logout-token.ts';

let provider: HostileProvider;
let other: HostileProvider;
beforeAll(async () => {
  [provider, other] = [await startHostileProvider(), await startHostileProvider()];
});
afterAll(() => Promise.all([provider.stop(), other.stop()]));
beforeEach(() => provider.errAs({}));

const speak = (limits: { maxBytes?: number; timeoutMs?: number } = {}) =>
  createProtocol({
    provider: oidc({ issuer: provider.issuer }),
    clientId,
    clientSecret,
    allowsInsecure: true,
    now: () => new Date(),
    ...limits,
  });

/** What a token says, or where it fails. */
async function read(token: string, protocol = speak()): Promise<unknown> {
  try {
    return await protocol.readLogoutToken(token);
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    return `${error.stage}, ${error.code}`;
  }
}

const now = () => Math.floor(Date.now() / 1000);
const names = { sub: 'ada', sid: 'session-1' };

describe('a log-out token', () => {
  it('names a subject, a session or both, and its own name', async () => {
    const exp = now() + 60;
    const expiresAt = new Date(exp * 1000);
    const said = async (claims: object) =>
      read(await logoutToken(provider, { jti: 'one', exp, ...claims }));
    expect(await said(names)).toEqual({ jti: 'one', expiresAt, ...names });
    expect(await said({ sub: 'ada' })).toEqual({ jti: 'one', expiresAt, sub: 'ada', sid: null });
    expect(await said({ sid: 'x' })).toEqual({ jti: 'one', expiresAt, sub: null, sid: 'x' });
  });

  it.each(['logout+jwt', 'application/logout+jwt', 'LOGOUT+JWT', 'JWT', undefined])(
    'has the type %s or none',
    async (typ) => {
      const token = await provider.sign(logoutClaims(provider.issuer, names), {
        kid: 'key-1',
        ...(typ === undefined ? {} : { typ }),
      });
      expect(await read(token)).toMatchObject(names);
    },
  );

  it.each<readonly [string, Readonly<Record<string, unknown>>, string]>([
    ['of another issuer', { iss: 'https://other.example' }, 'JWT_CLAIM_VALIDATION_FAILED'],
    ['without an issuer', { iss: undefined }, 'JWT_CLAIM_VALIDATION_FAILED'],
    ['for another client', { aud: 'other' }, 'JWT_CLAIM_VALIDATION_FAILED'],
    ['for no client', { aud: undefined }, 'JWT_CLAIM_VALIDATION_FAILED'],
    ['whose time is over', { exp: now() - 60 }, 'JWT_EXPIRED'],
    ['without an end', { exp: undefined }, 'JWT_CLAIM_VALIDATION_FAILED'],
    ['without its time', { iat: undefined }, 'JWT_CLAIM_VALIDATION_FAILED'],
    ['of the future', { iat: now() + 90 }, 'NO_LOGOUT_TOKEN'],
    ['that is not valid yet', { nbf: now() + 90 }, 'JWT_CLAIM_VALIDATION_FAILED'],
    ['without a name', { jti: undefined }, 'JWT_CLAIM_VALIDATION_FAILED'],
    ['with an empty name', { jti: '' }, 'NO_LOGOUT_TOKEN'],
    ['without events', { events: undefined }, 'JWT_CLAIM_VALIDATION_FAILED'],
    ['with another event', { events: { 'urn:other': {} } }, 'NO_LOGOUT_TOKEN'],
    [
      'whose event is a text',
      { events: { 'http://schemas.openid.net/event/backchannel-logout': 'yes' } },
      'NO_LOGOUT_TOKEN',
    ],
    ['whose events are a list', { events: [] }, 'NO_LOGOUT_TOKEN'],
    ['with a nonce', { nonce: 'n' }, 'NO_LOGOUT_TOKEN'],
    ['with an empty nonce', { nonce: '' }, 'NO_LOGOUT_TOKEN'],
    ['of no one', { sub: undefined, sid: undefined }, 'NO_LOGOUT_TOKEN'],
    ['of a subject that is no text', { sub: 7, sid: undefined }, 'NO_LOGOUT_TOKEN'],
    ['of a session that is too long', { sid: 's'.repeat(256) }, 'NO_LOGOUT_TOKEN'],
  ])('is refused %s', async (_name, changed, code) => {
    const token = await logoutToken(provider, { ...names, ...changed });
    expect(await read(token)).toBe(`logout, ${code}`);
  });

  it('is no ID token, and no token of another type', async () => {
    const iat = now();
    const claims = { iss: provider.issuer, aud: clientId, sub: 'ada', iat, exp: iat + 60 };
    const idToken = await provider.sign({ ...claims, nonce: 'n', jti: 'j' });
    expect(await read(idToken)).toBe('logout, JWT_CLAIM_VALIDATION_FAILED');
    const typed = await provider.sign(logoutClaims(provider.issuer, names), {
      kid: 'key-1',
      typ: 'at+jwt',
    });
    expect(await read(typed)).toBe('logout, NO_LOGOUT_TOKEN');
  });

  it('is signed by a key of the provider', async () => {
    const claims = logoutClaims(provider.issuer, names);
    const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const unsigned = `${encode({ alg: 'none' })}.${encode(claims)}.`;
    expect(await read(unsigned)).toMatch(/^logout, /);
    const shared = await new SignJWT({ ...claims })
      .setProtectedHeader({ alg: 'HS256', kid: 'key-1' })
      .sign(new TextEncoder().encode(clientSecret.padEnd(32)));
    expect(await read(shared)).toBe('logout, JOSE_ALG_NOT_ALLOWED');
    const elsewhere = await other.sign(claims, { kid: 'key-1' });
    expect(await read(elsewhere)).toBe('logout, JWS_SIGNATURE_VERIFICATION_FAILED');
    const signed = await provider.sign(claims);
    const changed = signed.replace(/\.[^.]+\./, `.${encode({ ...claims, sub: 'eve' })}.`);
    expect(await read(changed)).toBe('logout, JWS_SIGNATURE_VERIFICATION_FAILED');
    expect(await read('no token')).toBe('logout, JWS_INVALID');
    expect(await read(randomBytes(60).toString('base64url'))).toBe('logout, JWS_INVALID');
    expect(await read(await provider.sign(claims, { kid: 'unknown' }))).toBe(
      'logout, JWKS_NO_MATCHING_KEY',
    );
  });

  it('is not known while the keys of the provider are away, too large or endless', async () => {
    const token = await logoutToken(provider, names);
    provider.errAs({ paths: { '/keys': (response) => void response.destroy() } });
    const error = await speak()
      .readLogoutToken(token)
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ stage: 'logout', code: 'UNREACHABLE', isAway: true });
    provider.errAs({ paths: { '/keys': (response) => sendEndlessly(response) } });
    expect(await read(token, speak({ maxBytes: 200_000 }))).toBe('logout, TOO_LARGE');
    provider.errAs({ paths: { '/keys': () => undefined } });
    expect(await read(token, speak({ timeoutMs: 1_000 }))).toBe('logout, TIMEOUT');
  });

  it('does not make the server read the keys again for each unknown one', async () => {
    const protocol = speak();
    await read(await logoutToken(provider, names), protocol);
    provider.requested.length = 0;
    const unknown = await provider.sign(logoutClaims(provider.issuer, names), { kid: 'unknown' });
    for (let count = 0; count < 5; count += 1) await read(unknown, protocol);
    expect(provider.requested.filter((path) => path === '/keys').length).toBeLessThanOrEqual(1);
  });
});
