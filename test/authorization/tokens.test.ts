import { createHmac } from 'node:crypto';
import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';
import { createAuthorization, directiveTypeDefs } from '@graphql-gatehouse/authorization';
import { createAuthorizationPlugin } from '@graphql-gatehouse/authorization/apollo';
import { createEnvelopPlugin } from '@graphql-gatehouse/authorization/envelop';
import {
  TokensUnavailableError,
  type TokenViewer,
  tokenViewer,
} from '@graphql-gatehouse/authorization/tokens';
import { makeExecutableSchema } from '@graphql-tools/schema';
import { createYoga } from 'graphql-yoga';
import { exportSPKI, type JWTPayload } from 'jose';
import { beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { createKey, type Key, sign, startIssuer } from './token-issuer.ts';

const now = new Date('2026-01-01T12:00:00Z');
const nowSeconds = now.getTime() / 1000;
const issuerName = 'https://login.example.com/';

let key: Key;
let otherKey: Key;
let issuer: Awaited<ReturnType<typeof startIssuer>>;

beforeAll(async () => {
  key = await createKey('one');
  otherKey = await createKey('two');
});

beforeEach(async () => {
  issuer = await startIssuer(key);
  const started = issuer;
  return () => started.stop();
});

interface Claims {
  readonly groups: readonly string[];
}

const valid = {
  iss: issuerName,
  aud: 'invoices',
  sub: 'ada',
  exp: nowSeconds + 60,
  groups: ['STAFF'],
};

type Options = Parameters<typeof tokenViewer<Claims>>[0];

function viewerOf(changes: Partial<Options> = {}) {
  return tokenViewer<Claims>({
    issuer: issuerName,
    audience: 'invoices',
    jwks: issuer.jwks,
    groups: (claims) => claims.groups,
    now: () => now,
    ...changes,
  });
}

/** What a test needs to know of a viewer: its groups, or the reason why it has none. */
const outcomeOf = (viewer: TokenViewer<unknown>) =>
  viewer.isAuthenticated ? [...viewer.groups] : viewer.reason;

const see = async (token: string, changes?: Partial<Options>) =>
  outcomeOf(await viewerOf(changes)(`Bearer ${token}`));

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('the viewer of a token', () => {
  it('has the groups and the claims of a valid one', async () => {
    const viewer = await viewerOf()(`Bearer ${await sign(key, valid)}`);
    expect(viewer).toEqual({ isAuthenticated: true, groups: new Set(['STAFF']), claims: valid });
  });

  it.each([
    {
      login: 'Keycloak',
      claims: {
        typ: 'Bearer',
        azp: 'web',
        aud: ['invoices', 'account'],
        realm_access: { roles: ['STAFF'] },
      },
      header: { typ: 'JWT' },
      groups: ({ realm_access }: { realm_access: { roles: string[] } }) => realm_access.roles,
      alg: 'RS256',
    },
    {
      login: 'Auth0',
      claims: {
        aud: ['invoices', `${issuerName}userinfo`],
        scope: 'openid',
        'https://example.com/roles': ['STAFF'],
      },
      header: { typ: 'at+jwt' },
      groups: (claims: JWTPayload) => claims['https://example.com/roles'],
      alg: 'RS256',
    },
    {
      login: 'Supabase',
      claims: {
        aud: 'invoices',
        role: 'authenticated',
        app_metadata: { provider: 'email', groups: ['STAFF'] },
      },
      header: { typ: 'JWT' },
      groups: ({ app_metadata }: { app_metadata: { groups: string[] } }) => app_metadata.groups,
      alg: 'ES256',
    },
    {
      login: 'Better Auth',
      claims: { id: 'ada', email: 'ada@example.com', role: 'STAFF' },
      header: {},
      groups: ({ role }: { role: string }) => role.split(','),
      alg: 'EdDSA',
    },
  ])('is read from a token of $login', async ({ claims, header, groups, alg }) => {
    const own = await createKey(alg, alg);
    issuer.state.keys = [own];
    const token = await sign(own, { ...valid, ...claims }, header);
    const options = { issuer: issuerName, audience: 'invoices', jwks: issuer.jwks, now: () => now };
    expect(outcomeOf(await tokenViewer<never>({ ...options, groups })(`Bearer ${token}`))).toEqual([
      'STAFF',
    ]);
  });

  it.each([
    { header: undefined, reason: 'TOKEN_MISSING' },
    { header: null, reason: 'TOKEN_MISSING' },
    { header: '', reason: 'TOKEN_MALFORMED' },
    { header: 'Bearer', reason: 'TOKEN_MALFORMED' },
    { header: 'Bearer ', reason: 'TOKEN_MALFORMED' },
    { header: 'Basic YTpi', reason: 'TOKEN_MALFORMED' },
    { header: 'Bearer a b', reason: 'TOKEN_MALFORMED' },
    { header: 'Bearer a, Bearer b', reason: 'TOKEN_MALFORMED' },
    { header: 'Bearer no.jwt', reason: 'TOKEN_INVALID' },
    { header: 'Bearer a.b.c', reason: 'TOKEN_INVALID' },
  ])('is anonymous for the header $header: $reason', async ({ header, reason }) => {
    expect(outcomeOf(await viewerOf()(header))).toBe(reason);
    expect(issuer.state.asked).toBe(0);
  });

  it('is read whatever the case of the scheme', async () => {
    expect(outcomeOf(await viewerOf()(`bearer  ${await sign(key, valid)}`))).toEqual(['STAFF']);
  });

  it.each([
    { title: 'of another issuer', claims: { ...valid, iss: 'https://login.example.com' } },
    { title: 'without an issuer', claims: { ...valid, iss: undefined } },
    { title: 'for another audience', claims: { ...valid, aud: 'payments' } },
    { title: 'without an audience', claims: { ...valid, aud: undefined } },
    { title: 'without an expiry', claims: { ...valid, exp: undefined } },
    { title: 'that is not valid yet', claims: { ...valid, nbf: nowSeconds + 1 } },
    { title: 'whose groups are a string', claims: { ...valid, groups: 'ADMIN' } },
    { title: 'whose groups are no strings', claims: { ...valid, groups: ['STAFF', 1] } },
    { title: 'without groups', claims: { ...valid, groups: undefined } },
  ])('is anonymous for a token $title: TOKEN_INVALID', async ({ claims }) => {
    expect(await see(await sign(key, claims))).toBe('TOKEN_INVALID');
  });

  it('is anonymous from the second on in which a token expires: TOKEN_EXPIRED', async () => {
    expect(await see(await sign(key, { ...valid, exp: nowSeconds }))).toBe('TOKEN_EXPIRED');
    expect(await see(await sign(key, { ...valid, exp: nowSeconds + 1 }))).toEqual(['STAFF']);
  });

  it('goes by the time of the day unless a clock is given', async () => {
    const exp = Math.floor(Date.now() / 1000) + 60;
    const options = {
      issuer: issuerName,
      audience: 'invoices',
      jwks: issuer.jwks,
      groups: () => [],
    };
    const viewer = tokenViewer(options);
    expect(outcomeOf(await viewer(`Bearer ${await sign(key, { ...valid, exp })}`))).toEqual([]);
    expect(outcomeOf(await viewer(`Bearer ${await sign(key, { ...valid, exp: 1 })}`))).toBe(
      'TOKEN_EXPIRED',
    );
  });

  it('tolerates as much difference of clocks as is allowed', async () => {
    const token = await sign(key, { ...valid, exp: nowSeconds - 4 });
    expect(await see(token, { clockToleranceSeconds: 5 })).toEqual(['STAFF']);
    expect(await see(token, { clockToleranceSeconds: 4 })).toBe('TOKEN_EXPIRED');
  });

  it('requires the `typ` that is asked for', async () => {
    const [access, id] = [await sign(key, valid, { typ: 'at+jwt' }), await sign(key, valid)];
    expect(await see(access, { typ: 'at+jwt' })).toEqual(['STAFF']);
    expect(await see(id, { typ: 'at+jwt' })).toBe('TOKEN_INVALID');
    expect(await see(await sign(key, valid, { typ: 'JWT' }), { typ: 'at+jwt' })).toBe(
      'TOKEN_INVALID',
    );
  });

  it('is anonymous for an algorithm that is not accepted', async () => {
    expect(await see(await sign(key, valid), { algorithms: ['ES256'] })).toBe('TOKEN_INVALID');
  });

  it('is anonymous when `groups` throws, or answers with a promise', async () => {
    const token = await sign(key, valid);
    const fail = () => {
      throw new Error('no such claim');
    };
    expect(await see(token, { groups: fail })).toBe('TOKEN_INVALID');
    expect(await see(token, { groups: async () => ['ADMIN'] })).toBe('TOKEN_INVALID');
  });

  it('says for logs which rule a token broke', async () => {
    const token = await sign(key, { ...valid, aud: 'payments' });
    expect(await viewerOf()(`Bearer ${token}`)).toMatchObject({ cause: { claim: 'aud' } });
  });
});

describe('the proof of identity in a token', () => {
  const auth_time = nowSeconds - 30;
  const time = new Date(auth_time * 1000);
  it.each([
    { claims: { auth_time, amr: ['pwd'] }, times: { PASSWORD: time } },
    { claims: { auth_time, amr: ['pin', 'kba'] }, times: { PASSWORD: time } },
    { claims: { auth_time, amr: ['otp'] }, times: { OTP: time } },
    { claims: { auth_time, amr: ['sms', 'tel'] }, times: { OTP: time } },
    { claims: { auth_time, amr: ['hwk'] }, times: { PASSKEY: time } },
    { claims: { auth_time, amr: ['swk', 'pop', 'sc'] }, times: { PASSKEY: time } },
    { claims: { auth_time, amr: ['mfa'] }, times: undefined },
    { claims: { auth_time, amr: ['hwk', 'mfa'] }, times: { PASSKEY: time } },
    {
      claims: { auth_time, amr: ['pwd', 'otp', 'mfa'] },
      times: { PASSWORD: time, OTP: time },
    },
    { claims: { auth_time, amr: ['pwd', 'user', 'geo', 'rba'] }, times: { PASSWORD: time } },
    {
      claims: { auth_time: auth_time + 0.5, amr: ['pwd'] },
      times: { PASSWORD: new Date(time.getTime() + 500) },
    },
    { claims: { auth_time, amr: ['user'] }, times: undefined },
    { claims: { auth_time, amr: [] }, times: undefined },
    { claims: { auth_time, amr: ['pwd', 7] }, times: undefined },
    { claims: { auth_time, amr: 'pwd' }, times: undefined },
    { claims: { auth_time, amr: ['PWD', '__proto__'] }, times: undefined },
    { claims: { auth_time }, times: undefined },
    { claims: { amr: ['pwd'] }, times: undefined },
    { claims: { auth_time: String(auth_time), amr: ['pwd'] }, times: undefined },
    { claims: { auth_time: 1e300, amr: ['pwd'] }, times: undefined },
    { claims: { auth_time: null, amr: ['pwd'] }, times: undefined },
  ])('of $claims is $times', async ({ claims, times }) => {
    const token = await sign(key, { ...valid, ...claims });
    const viewer = await viewerOf()(`Bearer ${token}`);
    if (!viewer.isAuthenticated) throw new Error(viewer.reason);
    expect(viewer.authenticatedAt).toEqual(times);
    expect('authenticatedAt' in viewer).toBe(times !== undefined);
  });
});

describe('two kinds of factors in a token', () => {
  const auth_time = nowSeconds - 30;
  const time = new Date(auth_time * 1000);
  const proves = { mfa: 2, 'urn:acme:mfa': 2 } as const;
  it.each([
    { claims: { auth_time, amr: ['mfa'] }, times: { PASSKEY_VERIFIED: time } },
    { claims: { auth_time, acr: 'urn:acme:mfa' }, times: { PASSKEY_VERIFIED: time } },
    {
      claims: { auth_time, amr: ['pwd'], acr: 'urn:acme:mfa' },
      times: { PASSWORD: time, PASSKEY_VERIFIED: time },
    },
    { claims: { auth_time, amr: ['pwd'], acr: 'urn:acme:other' }, times: { PASSWORD: time } },
    { claims: { acr: 'urn:acme:mfa' }, times: undefined },
    { claims: { auth_time, acr: ['urn:acme:mfa'] }, times: undefined },
  ])('are what the configuration names: $claims', async ({ claims, times }) => {
    const token = await sign(key, { ...valid, ...claims });
    const viewer = await viewerOf({ proves })(`Bearer ${token}`);
    if (!viewer.isAuthenticated) throw new Error(viewer.reason);
    expect(viewer.authenticatedAt).toEqual(times);
  });
});

describe('a forged token', () => {
  it('without a signature (alg none) is invalid', async () => {
    const unsigned = `${encode({ alg: 'none', kid: 'one' })}.${encode(valid)}`;
    expect(await see(`${unsigned}.`)).toBe('TOKEN_INVALID');
    expect(await see(`${unsigned}.c2ln`)).toBe('TOKEN_INVALID');
  });

  it('signed by HS256 with the public key as the secret is invalid', async () => {
    const signed = `${encode({ alg: 'HS256', kid: 'one' })}.${encode(valid)}`;
    const secrets = [await exportSPKI(key.publicKey), JSON.stringify(key.jwk)];
    for (const secret of secrets) {
      const signature = createHmac('sha256', secret).update(signed).digest('base64url');
      expect(await see(`${signed}.${signature}`)).toBe('TOKEN_INVALID');
    }
  });

  it('signed by another key under the name of a published one is invalid', async () => {
    expect(await see(await sign(otherKey, valid, { kid: 'one' }))).toBe('TOKEN_INVALID');
  });

  it('with other claims than were signed is invalid', async () => {
    const [header, , signature] = (await sign(key, valid)).split('.');
    const claims = encode({ ...valid, groups: ['ADMIN'] });
    expect(await see(`${header}.${claims}.${signature}`)).toBe('TOKEN_INVALID');
  });

  it('that brings its own key is invalid', async () => {
    const token = await sign(otherKey, valid, { jwk: otherKey.jwk, jku: 'http://127.0.0.1:1/' });
    expect(await see(token)).toBe('TOKEN_INVALID');
  });
});

describe('the keys', () => {
  it('are read once for many tokens', async () => {
    const viewer = viewerOf();
    const header = `Bearer ${await sign(key, valid)}`;
    await Promise.all([viewer(header), viewer(header), viewer(header)]);
    expect(issuer.state.asked).toBe(1);
  });

  it('need no name in a token while only one of them fits', async () => {
    const viewer = viewerOf();
    const header = `Bearer ${await sign(key, valid, { kid: undefined })}`;
    expect(outcomeOf(await viewer(header))).toEqual(['STAFF']);
    issuer.state.keys = [key, otherKey];
    expect(outcomeOf(await viewerOf()(header))).toBe('TOKEN_INVALID');
  });

  it('are read again for a rotated key, and at most once in 30 seconds', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now });
    onTestFinished(() => void vi.useRealTimers());
    const viewer = viewerOf();
    const [old, fresh] = [
      `Bearer ${await sign(key, valid)}`,
      `Bearer ${await sign(otherKey, valid)}`,
    ];
    expect(outcomeOf(await viewer(old))).toEqual(['STAFF']);
    issuer.state.keys = [otherKey];
    expect(outcomeOf(await viewer(fresh))).toBe('TOKEN_INVALID');
    expect(issuer.state.asked).toBe(1);
    vi.setSystemTime(now.getTime() + 31_000);
    expect(outcomeOf(await viewer(fresh))).toEqual(['STAFF']);
    expect(outcomeOf(await viewer(old))).toBe('TOKEN_INVALID');
  });

  it.each([
    { title: 'answer with 500', answer: { status: 500, body: '{}' } },
    { title: 'are no key set', answer: { status: 200, body: '{}' } },
    { title: 'are no JSON', answer: { status: 200, body: '<html>' } },
  ])('that $title make no viewer, and are read again', async ({ answer }) => {
    issuer.state.answer = answer;
    const viewer = viewerOf();
    const header = `Bearer ${await sign(key, valid)}`;
    await expect(viewer(header)).rejects.toThrow(TokensUnavailableError);
    delete issuer.state.answer;
    expect(outcomeOf(await viewer(header))).toEqual(['STAFF']);
  });

  it('that cannot be reached make no viewer: SERVICE_UNAVAILABLE, 503', async () => {
    const gone = await startIssuer(key);
    await gone.stop();
    const header = `Bearer ${await sign(key, valid)}`;
    await expect(viewerOf({ jwks: gone.jwks })(header)).rejects.toMatchObject({
      extensions: { code: 'SERVICE_UNAVAILABLE', http: { status: 503 } },
      cause: expect.any(Error),
    });
  });

  it('that cannot be reached any more are not trusted for longer than 10 minutes', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now });
    onTestFinished(() => void vi.useRealTimers());
    const viewer = viewerOf();
    const header = `Bearer ${await sign(key, valid)}`;
    expect(outcomeOf(await viewer(header))).toEqual(['STAFF']);
    issuer.state.answer = { status: 502, body: '' };
    vi.setSystemTime(now.getTime() + 9 * 60_000);
    expect(outcomeOf(await viewer(header))).toEqual(['STAFF']);
    vi.setSystemTime(now.getTime() + 10 * 60_000 + 1);
    await expect(viewer(header)).rejects.toThrow(TokensUnavailableError);
  });
});

describe('an option that would accept any token', () => {
  it.each([
    { title: 'an empty issuer', options: { issuer: '' } },
    { title: 'an empty audience', options: { audience: [] } },
    { title: 'an audience of an empty string', options: { audience: ['invoices', ''] } },
    { title: 'no algorithm', options: { algorithms: [] } },
    { title: 'a symmetric algorithm', options: { algorithms: ['RS256', 'HS256'] } },
    { title: 'no signature', options: { algorithms: ['none'] } },
    { title: 'an empty typ', options: { typ: '' } },
    { title: 'an endless tolerance', options: { clockToleranceSeconds: Number.POSITIVE_INFINITY } },
    { title: 'a tolerance that is no number', options: { clockToleranceSeconds: Number.NaN } },
    { title: 'no URL of keys', options: { jwks: '' } },
  ])('is rejected at startup: $title', ({ options }) => {
    expect(() => viewerOf(options)).toThrow(TypeError);
  });

  it.each([
    { proves: { mfa: 3 } },
    { proves: { mfa: undefined } },
    { proves: { '': 2 } },
    { proves: ['mfa'] },
    { proves: [2] },
    { proves: [] },
    { proves: new Map([['mfa', 2]]) },
    { proves: new Set(['mfa']) },
    { proves: 'mfa' },
    { proves: null },
  ])('is rejected at startup: $proves as `proves`', ({ proves }) => {
    // As JavaScript would pass it.
    expect(() => viewerOf(Object({ proves }))).toThrow('`proves` must have');
  });
});

interface Context {
  readonly viewer: TokenViewer<Claims>;
}

function guardedSchema() {
  const typeDefs = `${directiveTypeDefs({ policy: undefined })}
    enum Group { STAFF }
    type Query { open: Int @public secret: Int @auth(requires: [STAFF]) }`;
  const resolvers = { Query: { open: () => 1, secret: () => 2 } };
  return createAuthorization<TokenViewer<Claims>, Context>(
    makeExecutableSchema({ typeDefs, resolvers }),
    { policies: {}, viewerOf: ({ viewer }) => viewer },
  );
}

/** Servers by host: each answers a POST at its URL. */
const hosts = {
  async apollo() {
    const authorization = guardedSchema();
    const viewer = viewerOf();
    const server = new ApolloServer<Context>({
      schema: authorization.schema,
      plugins: [createAuthorizationPlugin<Context>({ ...authorization, realm: 'invoices' })],
    });
    const context = async ({
      req,
    }: {
      req: { headers: { authorization?: string | undefined } };
    }) => ({
      viewer: await viewer(req.headers.authorization),
    });
    const { url } = await startStandaloneServer(server, { listen: { port: 0 }, context });
    onTestFinished(() => server.stop());
    return (init: RequestInit) => fetch(url, init);
  },
  async yoga() {
    const authorization = guardedSchema();
    const viewer = viewerOf();
    const yoga = createYoga({
      schema: authorization.schema,
      context: async ({ request }) => ({
        viewer: await viewer(request.headers.get('authorization')),
      }),
      plugins: [createEnvelopPlugin<Context>({ ...authorization, realm: 'invoices' })],
      logging: false,
    });
    return async (init: RequestInit) => yoga.fetch('http://localhost/graphql', init);
  },
};

describe.each(['apollo', 'yoga'] as const)('in %s, a field', (host) => {
  async function ask(query: string, claims: JWTPayload) {
    const send = await hosts[host]();
    const answer = await send({
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${await sign(key, claims)}`,
      },
      body: JSON.stringify({ query }),
    });
    const challenge = answer.headers.get('www-authenticate');
    return { status: answer.status, challenge, body: await answer.json() };
  }

  it('that is guarded opens for a valid token', async () => {
    expect(await ask('{ secret }', valid)).toMatchObject({
      status: 200,
      body: { data: { secret: 2 } },
    });
  });

  it('that is guarded is refused with 401 and the reason', async () => {
    expect(await ask('{ secret }', { ...valid, exp: nowSeconds })).toMatchObject({
      status: 401,
      challenge:
        'Bearer realm="invoices", error="invalid_token", error_description="The token has expired"',
      body: { errors: [{ extensions: { reason: 'TOKEN_EXPIRED' } }] },
    });
  });

  it('that is public runs with a token that is not accepted', async () => {
    expect(await ask('{ open }', { ...valid, aud: 'payments' })).toMatchObject({
      status: 200,
      body: { data: { open: 1 } },
    });
  });

  it('is answered with 503 while the keys cannot be read', async () => {
    issuer.state.answer = { status: 500, body: '' };
    expect(await ask('{ open }', valid)).toMatchObject({
      status: 503,
      body: { errors: [{ extensions: { code: 'SERVICE_UNAVAILABLE' } }] },
    });
  });
});
