import { inspect } from 'node:util';
import { SignJWT } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { type OidcOptions, oidc } from '../../packages/providers/src/oidc.ts';
import { createProtocol } from '../../packages/providers/src/protocol/create-protocol.ts';
import { ProviderError } from '../../packages/providers/src/protocol/protocol.ts';
import {
  clientId,
  clientSecret,
  type Errs,
  type HostileProvider,
  type IdToken,
  send,
  sendEndlessly,
  startHostileProvider,
} from '../support/hostile-provider.ts';

let provider: HostileProvider;
let other: HostileProvider;
beforeAll(async () => {
  [provider, other] = [await startHostileProvider(), await startHostileProvider()];
});
afterAll(() => Promise.all([provider.stop(), other.stop()]));
beforeEach(() => {
  provider.errAs({});
  other.errAs({});
});

const redirectUri = 'https://api.example.org/providers/acme';
const request = {
  redirectUri,
  state: 'state-'.padEnd(43, 's'),
  nonce: 'nonce-'.padEnd(43, 'n'),
  verifier: 'verifier-'.padEnd(43, 'v'),
};
const wayBack = (fields: Readonly<Record<string, string>> = {}): URL => {
  const url = new URL(redirectUri);
  url.search = `${new URLSearchParams({ code: 'the-code', state: request.state, ...fields })}`;
  return url;
};

const speakWith = (
  { issuer }: Pick<HostileProvider, 'issuer'> = provider,
  options: Partial<OidcOptions> = {},
  limits: { maxBytes?: number; timeoutMs?: number; allowsInsecure?: boolean } = {},
) =>
  createProtocol({
    provider: oidc({ issuer, ...options }),
    clientId,
    clientSecret,
    allowsInsecure: true,
    now: () => new Date(),
    ...limits,
  });

/** What an honest log-in proves, or where it fails. */
async function finish(
  errs: Errs = {},
  { protocol = speakWith(), back = wayBack() } = {},
): Promise<unknown> {
  provider.errAs(errs);
  provider.expect(request.nonce);
  try {
    return await protocol.finish(back, request);
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    return `${error.stage}, ${error.code}`;
  }
}

const claims =
  (changed: Readonly<Record<string, unknown>>) =>
  ({ header, claims: own }: IdToken): IdToken => ({ header, claims: { ...own, ...changed } });
const inSeconds = (seconds: number) => Math.floor(Date.now() / 1000) + seconds;

describe('a log-in at a provider', () => {
  it('begins with a state, a nonce, and the challenge of a verifier that stays here', async () => {
    const protocol = speakWith();
    const url = await protocol.begin({ ...request, again: false });
    expect(url.origin + url.pathname).toBe(`${provider.issuer}/auth`);
    expect(Object.fromEntries(url.searchParams)).toEqual({
      client_id: clientId,
      response_type: 'code',
      redirect_uri: redirectUri,
      scope: 'openid',
      state: request.state,
      nonce: request.nonce,
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge_method: 'S256',
      max_age: '43200',
    });
    expect(url.href).not.toContain(request.verifier);
    const again = (await protocol.begin({ ...request, again: true })).searchParams;
    expect([again.get('max_age'), again.get('prompt')]).toEqual(['0', 'login']);
  });

  it('proves who and when, and sends the verifier with the code', async () => {
    const before = Math.floor(Date.now() / 1000) * 1000;
    const proved = await finish();
    expect(proved).toMatchObject({ issuer: provider.issuer, subject: 'ada', kinds: 1 });
    expect(Object(proved).at.getTime()).toBeGreaterThanOrEqual(before);
    expect(Object.fromEntries(provider.sent())).toMatchObject({
      code: 'the-code',
      code_verifier: request.verifier,
      redirect_uri: redirectUri,
      client_secret: clientSecret,
    });
  });

  it('sends the secret in a header where the provider does not take it in the body', async () => {
    const metadata = (own: object) => ({
      ...own,
      token_endpoint_auth_methods_supported: undefined,
    });
    expect(await finish({ metadata })).toMatchObject({ subject: 'ada' });
    expect(provider.sent().get('code')).toBe('the-code');
    expect(provider.sent().has('client_secret')).toBe(false);
  });

  it('takes a key that is new', async () => {
    const protocol = speakWith();
    await finish({}, { protocol });
    await provider.rotate();
    // A key that is not known is looked for once in a minute.
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 61_000 });
    onTestFinished(() => void vi.useRealTimers());
    expect(await finish({}, { protocol })).toMatchObject({ subject: 'ada' });
  });

  it.each<{ what: string; errs?: Errs; back?: Readonly<Record<string, string>>; is: string }>([
    { what: 'another state', back: { state: 'other' }, is: 'token, INVALID_RESPONSE' },
    { what: 'an answer without a code', back: { code: '' }, is: 'token, INVALID_RESPONSE' },
    { what: 'an error', back: { error: 'access_denied' }, is: 'answer, REFUSED' },
    {
      what: 'another nonce',
      errs: { token: claims({ nonce: 'other' }) },
      is: 'token, JWT_CLAIM_COMPARISON_FAILED',
    },
    {
      what: 'no nonce',
      errs: { token: claims({ nonce: undefined }) },
      is: 'token, INVALID_RESPONSE',
    },
    {
      what: 'another issuer',
      errs: { token: claims({ iss: 'https://other.example' }) },
      is: 'token, JWT_CLAIM_COMPARISON_FAILED',
    },
    {
      what: 'another audience',
      errs: { token: claims({ aud: 'other' }) },
      is: 'token, JWT_CLAIM_COMPARISON_FAILED',
    },
    {
      what: 'two audiences without azp',
      errs: { token: claims({ aud: [clientId, 'other'] }) },
      is: 'token, JWT_CLAIM_COMPARISON_FAILED',
    },
    {
      what: 'two audiences and another azp',
      errs: { token: claims({ aud: [clientId, 'other'], azp: 'other' }) },
      is: 'token, JWT_CLAIM_COMPARISON_FAILED',
    },
    {
      what: 'a token that has expired',
      errs: { token: claims({ exp: inSeconds(-60) }) },
      is: 'token, JWT_TIMESTAMP_CHECK_FAILED',
    },
    {
      what: 'a token that will be made',
      errs: { token: claims({ iat: inSeconds(120) }) },
      is: 'claims, BAD_TIME',
    },
    {
      what: 'a token of the future',
      errs: { token: claims({ nbf: inSeconds(120) }) },
      is: 'token, JWT_TIMESTAMP_CHECK_FAILED',
    },
    {
      what: 'no subject',
      errs: { token: claims({ sub: undefined }) },
      is: 'token, INVALID_RESPONSE',
    },
    {
      what: 'a subject that is a number',
      errs: { token: claims({ sub: 7 }) },
      is: 'token, INVALID_RESPONSE',
    },
    { what: 'an empty subject', errs: { token: claims({ sub: '' }) }, is: 'claims, CLAIM_MISSING' },
    {
      what: 'a subject of 256 characters',
      errs: { token: claims({ sub: 's'.repeat(256) }) },
      is: 'claims, CLAIM_MISSING',
    },
    {
      what: 'a time in the future',
      errs: { token: claims({ auth_time: inSeconds(120) }) },
      is: 'claims, BAD_TIME',
    },
    {
      what: 'a time that is a text',
      errs: { token: claims({ auth_time: 'yesterday' }) },
      is: 'token, INVALID_RESPONSE',
    },
    {
      what: 'a signature of another key',
      errs: { text: (_token, signed) => `${signed.slice(0, -8)}AAAAAAAA` },
      is: 'token, INVALID_RESPONSE',
    },
    {
      what: 'no signature',
      errs: {
        text: ({ claims: own }) => `${encode({ alg: 'none' })}.${encode(own)}.`,
      },
      is: 'token, UNSUPPORTED_OPERATION',
    },
    {
      what: 'a signature with the secret of the client',
      errs: {
        text: ({ claims: own }) =>
          new SignJWT(own)
            .setProtectedHeader({ alg: 'HS256' })
            .sign(new TextEncoder().encode(clientSecret)),
      },
      is: 'token, UNSUPPORTED_OPERATION',
    },
    {
      what: 'a key that the provider does not have',
      errs: { token: ({ claims: own }) => ({ claims: own, header: { kid: 'other' } }) },
      is: 'token, KEY_SELECTION_FAILED',
    },
    {
      what: 'an answer without an ID token',
      errs: { answer: () => ({ access_token: 'a', token_type: 'bearer' }) },
      is: 'token, INVALID_RESPONSE',
    },
    {
      what: 'a page of HTML',
      errs: { paths: { '/token': (response) => response.end('<html>') } },
      is: 'token, RESPONSE_IS_NOT_JSON',
    },
    {
      what: 'an error of the provider',
      errs: {
        paths: {
          '/token': (response) => void response.writeHead(500).end('the text of the provider'),
        },
      },
      is: 'token, RESPONSE_IS_NOT_CONFORM',
    },
    {
      what: 'a redirect',
      errs: {
        paths: {
          '/token': (response) =>
            void response.writeHead(307, { location: 'http://127.0.0.1:1/' }).end(),
        },
      },
      is: 'token, RESPONSE_IS_NOT_CONFORM',
    },
    {
      what: 'an error with a text',
      errs: {
        paths: {
          '/token': (response) => {
            response.statusCode = 400;
            send(response, {
              error: 'invalid_grant',
              error_description: 'the text of the provider',
            });
          },
        },
      },
      is: 'token, RESPONSE_BODY_ERROR',
    },
    {
      what: 'a discovery of another issuer',
      errs: { metadata: (own) => ({ ...own, issuer: 'https://other.example' }) },
      is: 'discovery, JSON_ATTRIBUTE_COMPARISON_FAILED',
    },
    {
      what: 'a discovery that leads elsewhere',
      errs: {
        paths: {
          '/.well-known/openid-configuration': (response) =>
            void response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end(),
        },
      },
      is: 'discovery, RESPONSE_IS_NOT_CONFORM',
    },
    {
      what: 'a discovery of 50 MB',
      errs: {
        paths: {
          '/.well-known/openid-configuration': (response) => sendEndlessly(response, 50_000_000),
        },
      },
      is: 'discovery, TOO_LARGE',
    },
    {
      what: 'a discovery that never ends',
      errs: {
        paths: { '/.well-known/openid-configuration': (response) => sendEndlessly(response) },
      },
      is: 'discovery, TOO_LARGE',
    },
    {
      what: 'keys of 50 MB',
      errs: { paths: { '/keys': (response) => sendEndlessly(response, 50_000_000) } },
      is: 'token, TOO_LARGE',
    },
    {
      what: 'tokens without TLS at another host',
      errs: { metadata: (own) => ({ ...own, token_endpoint: 'http://other.example/token' }) },
      is: 'token, UNSAFE_ADDRESS',
    },
  ])('refuses $what', async ({ errs, back, is }) => {
    expect(await finish(errs, { back: wayBack(back) })).toBe(is);
  });

  it.each(['/.well-known/openid-configuration', '/token', '/keys'])(
    'does not wait for %s longer than its time',
    async (path) => {
      const protocol = speakWith(provider, {}, { timeoutMs: 200 });
      expect(await finish({ paths: { [path]: () => undefined } }, { protocol })).toMatch(
        /, TIMEOUT$/,
      );
    },
  );

  it('is unreachable while the provider is away, and goes on afterwards', async () => {
    const gone = await startHostileProvider();
    await gone.stop();
    const protocol = speakWith(gone);
    await expect(protocol.begin({ ...request, again: false })).rejects.toMatchObject({
      stage: 'discovery',
      code: 'UNREACHABLE',
    });
    const failing = speakWith();
    const path = '/.well-known/openid-configuration';
    provider.errAs({ paths: { [path]: (response) => void response.writeHead(503).end() } });
    await expect(failing.begin({ ...request, again: false })).rejects.toMatchObject({
      stage: 'discovery',
    });
    provider.errAs({});
    expect((await failing.begin({ ...request, again: false })).pathname).toBe('/auth');
  });

  it('asks a provider what it is once, for logins at the same time', async () => {
    provider.requested.length = 0;
    const protocol = speakWith();
    await Promise.all([1, 2, 3].map(() => protocol.begin({ ...request, again: false })));
    expect(provider.requested).toEqual(['/.well-known/openid-configuration']);
  });

  it('is refused with the answer of another provider', async () => {
    other.expect(request.nonce);
    const elsewhere = (token: IdToken): IdToken => claims({ iss: other.issuer })(token);
    expect(await finish({ token: elsewhere })).toBe('token, JWT_CLAIM_COMPARISON_FAILED');
    expect(await finish({}, { back: wayBack({ iss: other.issuer }) })).toBe(
      'token, INVALID_RESPONSE',
    );
  });

  it('needs TLS in production', async () => {
    const protocol = speakWith(provider, {}, { allowsInsecure: false });
    expect(await finish({}, { protocol })).toMatch(/^discovery, /);
  });

  it('says nothing of the provider, and no secret, when it fails', async () => {
    const answer = (response: Parameters<typeof send>[0]) => {
      response.statusCode = 400;
      send(response, { error: 'invalid_grant', error_description: 'the text of the provider' });
    };
    provider.errAs({ paths: { '/token': answer } });
    const error = await speakWith()
      .finish(wayBack(), request)
      .catch((thrown: unknown) => thrown);
    const text = inspect(error, { depth: 10, showHidden: true });
    for (const secret of ['the text', clientSecret, request.verifier, request.nonce, 'the-code']) {
      expect(text).not.toContain(secret);
    }
  });
});

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
