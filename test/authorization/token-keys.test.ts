import {
  createHash,
  createPrivateKey,
  createSign,
  generateKeyPairSync,
  sign as signBytes,
} from 'node:crypto';
import { TokensUnavailableError, tokenViewer } from '@graphql-gatehouse/authorization/tokens';
import { beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { problemOfRsaKey } from '../../packages/authorization/src/tokens/rsa-key.ts';
import { readVectors } from '../support/wycheproof/vectors.ts';
import { createKey, type Key, sign, startIssuer } from './token-issuer.ts';
import { forgeSignature, weakKeys } from './weak-ed25519-keys.ts';

const now = new Date('2026-01-01T12:00:00Z');
const claims = {
  iss: 'https://login.example.com/',
  aud: 'invoices',
  exp: now.getTime() / 1000 + 60,
};

let good: Key;
let issuer: Awaited<ReturnType<typeof startIssuer>>;

beforeAll(async () => {
  good = await createKey('good');
});

beforeEach(async () => {
  issuer = await startIssuer();
  const started = issuer;
  return () => started.stop();
});

/** Publishes keys, and returns the function that reads tokens. */
function viewerWith(...keys: readonly object[]) {
  issuer.state.answer = { status: 200, body: JSON.stringify({ keys }) };
  const { iss, aud } = claims;
  const options = { issuer: iss, audience: aud, jwks: issuer.jwks, groups: () => ['STAFF'] };
  const viewerOf = tokenViewer({ ...options, now: () => now });
  return (token: string) => viewerOf(`Bearer ${token}`);
}

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const unsigned = (kid: string, alg = 'RS256', more: object = {}) =>
  `${encode({ alg, kid })}.${encode({ ...claims, ...more })}`;

/** The keys of a vector of Wycheproof, which are all RSA, and a token that its private key signs. */
function vectorKey(name: string) {
  const [vector] = readVectors('key').filter(({ title }) => title.includes(name));
  const [jwk] = vector?.published ?? [];
  const [privateJwk] = vector?.privateKeys ?? [];
  if (jwk === undefined || privateJwk === undefined) throw new Error(`There is no ${name}.`);
  const text = unsigned(String(jwk.kid));
  const key = createPrivateKey({ key: privateJwk, format: 'jwk' });
  return { jwk, token: `${text}.${createSign('sha256').update(text).sign(key, 'base64url')}` };
}

const refusal = (message: string) => ({
  isAuthenticated: false,
  reason: 'TOKEN_INVALID',
  cause: { name: 'UnusableKeyError', message: expect.stringContaining(message) },
});

describe('a key with which anyone could sign', () => {
  it('does not verify with the public exponent 1: the signature is the padded hash', async () => {
    const { n = '', ...others } = good.jwk;
    const text = unsigned('good');
    const digestInfo = Buffer.from('3031300d060960864801650304020105000420', 'hex');
    const hash = createHash('sha256').update(text).digest();
    const padding = Buffer.alloc(Buffer.from(n, 'base64url').length - 54, 0xff);
    const forged = Buffer.concat([Buffer.of(0, 1), padding, Buffer.of(0), digestInfo, hash]);
    const viewer = viewerWith({ ...others, n, e: 'AQ' });
    expect(await viewer(`${text}.${forged.toString('base64url')}`)).toMatchObject(
      refusal('"good" cannot be used: its public exponent is 1'),
    );
  });

  it('does not verify with a modulus of 1024 bits', async () => {
    const { jwk, token } = vectorKey('rejects1024bitRsaKey');
    expect(await viewerWith(jwk)(token)).toMatchObject(refusal('its modulus has 1024 bits'));
  });

  it('does not verify with a modulus that can be factored (ROCA)', async () => {
    const { jwk, token } = vectorKey('rejectsKeyWithRocaVulnerability');
    expect(await viewerWith(jwk)(token)).toMatchObject(refusal('CVE-2017-15361'));
  });

  it.each(weakKeys)('does not verify with a point of Ed25519 of $what', async ({ jwk }) => {
    const viewer = viewerWith({ ...jwk, kid: 'weak' });
    for (const alg of ['EdDSA', 'Ed25519']) {
      const { text, signature } = forgeSignature(jwk, (jti) => unsigned('weak', alg, { jti }));
      expect(await viewer(`${text}.${signature.toString('base64url')}`)).toMatchObject(
        refusal('"weak" cannot be used: its point has a small order'),
      );
    }
  });

  it.each([
    { exponent: 0n, problem: 'its public exponent is 0' },
    { exponent: 65536n, problem: 'its public exponent is 65536' },
    { exponent: 3n, problem: undefined },
    { exponent: 65537n, problem: undefined },
  ])('has an exponent such as $exponent: $problem', ({ exponent, problem }) => {
    const modulus = BigInt(`0x${Buffer.from(good.jwk.n ?? '', 'base64url').toString('hex')}`);
    expect(problemOfRsaKey({ modulus, exponent })).toBe(problem);
  });
});

it.each(['EdDSA', 'Ed25519'])('a good key of Ed25519 verifies with %s', async (alg) => {
  const key = await createKey('good', alg);
  const token = await sign(key, claims);
  expect(await viewerWith(key.jwk)(token)).toMatchObject({ isAuthenticated: true });
});

it('a key of Ed448 is not supported', async () => {
  const { privateKey, publicKey } = generateKeyPairSync('ed448');
  const text = unsigned('448', 'EdDSA');
  const signature = signBytes(null, Buffer.from(text), privateKey).toString('base64url');
  const viewer = viewerWith({ ...publicKey.export({ format: 'jwk' }), kid: '448' });
  expect(await viewer(`${text}.${signature}`)).toMatchObject({
    reason: 'TOKEN_INVALID',
    cause: { name: 'JWKSNoMatchingKey' },
  });
});

describe('a key that cannot be imported', () => {
  it.each([
    { what: 'a point that is not on its curve', change: { y: encode('x'.repeat(30)) } },
    { what: 'a member that is missing', change: { x: undefined } },
    { what: 'a private part', change: { d: Buffer.alloc(32, 1).toString('base64url') } },
  ])('does not verify: $what', async ({ change }) => {
    const key = await createKey('broken', 'ES256');
    const viewer = viewerWith({ ...key.jwk, ...change });
    expect(await viewer(await sign(key, claims))).toMatchObject(refusal('it cannot be imported'));
  });

  it('does not keep the other keys from verifying', async () => {
    const key = await createKey('broken', 'ES256');
    const viewer = viewerWith({ ...key.jwk, y: key.jwk.x ?? '' }, good.jwk);
    await viewer(await sign(key, claims));
    expect(await viewer(await sign(good, claims))).toMatchObject({ isAuthenticated: true });
  });

  it('verifies after the issuer has replaced it', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now });
    onTestFinished(() => void vi.useRealTimers());
    const key = await createKey('one', 'ES256');
    const viewer = viewerWith({ ...key.jwk, y: key.jwk.x ?? '' });
    const token = await sign(key, claims);
    expect(await viewer(token)).toMatchObject(refusal('it cannot be imported'));
    issuer.state.answer = { status: 200, body: JSON.stringify({ keys: [key.jwk] }) };
    vi.setSystemTime(now.getTime() + 10 * 60_000 + 1);
    expect(await viewer(token)).toMatchObject({ isAuthenticated: true });
  });
});

it('a token with an unknown key is not judged while the keys cannot be read again', async () => {
  vi.useFakeTimers({ toFake: ['Date'], now });
  onTestFinished(() => void vi.useRealTimers());
  const viewer = viewerWith(good.jwk);
  await viewer(await sign(good, claims));
  issuer.state.answer = { status: 502, body: '' };
  vi.setSystemTime(now.getTime() + 31_000);
  const other = await sign(await createKey('other'), claims);
  await expect(viewer(other)).rejects.toThrow(TokensUnavailableError);
});
