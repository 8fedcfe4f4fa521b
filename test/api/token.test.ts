import { sign } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { generateSigningKeys } from '../../src/authentication/keys/signing-keys.ts';
import { parseSigningKeys } from '../support/signing-keys.ts';
import type { TestServer, TestUser } from '../support/test-server.ts';
import { startTestServer, userPassword } from '../support/test-server.ts';

const start = Date.parse('2026-03-01T12:00:00Z');
let nowMs = start;
const keys = generateSigningKeys();

let server: TestServer;
let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'gatehouse-keys-'));
  const file = join(directory, 'keys.json');
  await writeFile(file, keys, { mode: 0o600 });
  const environment = { SIGNING_KEYS: file };
  server = await startTestServer({ now: () => new Date(nowMs), environment });
});
afterAll(async () => {
  await server.stop();
  await rm(directory, { recursive: true, force: true });
});
beforeEach(() => {
  nowMs = start;
});

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const claimsOf = (token: string) =>
  JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());

/** A token made by hand with these keys, and with `changes` to the claims of a good one. */
function forge(token: string, changes: object, signingKeys = keys): string {
  const { kid, privateKey: key } = parseSigningKeys(signingKeys).signing;
  const header = { alg: 'ES256', typ: 'at+jwt', kid };
  const signed = `${encode(header)}.${encode({ ...claimsOf(token), ...changes })}`;
  const signature = sign('sha256', Buffer.from(signed), { key, dsaEncoding: 'ieee-p1363' });
  return `${signed}.${signature.toString('base64url')}`;
}

/** fetch joins two headers of one name: this sends what it is given. */
function post(query: string, headers: readonly string[]) {
  const body = JSON.stringify({ query });
  const fixed = ['content-type', 'application/json', 'content-length', String(body.length)];
  return new Promise<{ status: number | undefined; challenge: string | undefined; body: string }>(
    (resolve, reject) => {
      const host = ['host', new URL(server.url).host];
      const options = { method: 'POST', headers: [...host, ...fixed, ...headers] };
      const sent = request(`${server.url}/graphql`, options, (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          text += chunk;
        });
        response.on('end', () => {
          const challenge = response.headers['www-authenticate'];
          resolve({ status: response.statusCode, challenge, body: text });
        });
      });
      sent.on('error', reject);
      sent.end(body);
    },
  );
}

const me = (authorization: string) => server.ask('{ me { id } }', { headers: { authorization } });

const challengeOf = (description: string) =>
  `Bearer realm="gatehouse", error="invalid_token", error_description="${description}"`;
const malformed = challengeOf('The Authorization header contains no bearer token');
const invalid = challengeOf('The token is not valid');
const revoked = challengeOf('The token has been revoked');

describe('a request that proves no identity gets 401, no data and the reason', () => {
  it('without a token, and without an error in the challenge', async () => {
    const { status, body, headers, errors } = await server.ask('{ me { id } }');
    expect(status).toBe(401);
    expect(body).not.toHaveProperty('data');
    expect(headers.get('www-authenticate')).toBe('Bearer realm="gatehouse"');
    expect(errors.map(({ extensions }) => extensions)).toEqual([
      {
        code: 'UNAUTHENTICATED',
        reason: 'TOKEN_MISSING',
        coordinate: 'Query.me',
        requires: [],
        policies: [],
      },
    ]);
  });

  it.each([
    ['rubbish', 'rubbish'],
    ['a scheme alone', 'Bearer'],
    ['no JWT', 'Bearer rubbish'],
    ['three parts of rubbish', 'Bearer abc.def.ghi'],
    ['two tokens', 'Bearer abc.def.ghi, Bearer abc.def.ghi'],
    ['a character that no token has', 'Bearer abc.d\u00e9f.ghi'],
    ['Basic credentials', 'Basic YWRtaW46YWRtaW4='],
    ['a scheme that begins like ours', 'BearerX abc.def.ghi'],
    ['an empty value', ''],
  ])('with %s: TOKEN_MALFORMED', async (_what, authorization) => {
    const { status, body, headers, code, reason, text } = await me(authorization);
    expect({ status, code, reason }).toEqual({
      status: 401,
      code: 'UNAUTHENTICATED',
      reason: 'TOKEN_MALFORMED',
    });
    expect(body).not.toHaveProperty('data');
    expect(headers.get('www-authenticate')).toBe(malformed);
    expect(text).not.toContain('abc.');
  });

  it('with two Authorization headers, even of one and the same good token', async () => {
    const good = `Bearer ${server.admin.accessToken}`;
    for (const [first, second] of [
      [good, good],
      [good, 'Bearer rubbish'],
      ['Bearer rubbish', good],
      ['Basic YTpi', good],
    ] as const) {
      const answer = await post('{ me { id } }', ['authorization', first, 'Authorization', second]);
      expect(answer).toMatchObject({ status: 401, challenge: malformed });
      expect(answer.body).toContain('TOKEN_MALFORMED');
    }
  });

  it('with an expired token: TOKEN_EXPIRED, to the second', async () => {
    const { accessToken: token } = await server.aUser('STAFF');
    nowMs = start + 599_999;
    expect((await server.ask('{ me { id } }', { token })).status).toBe(200);
    nowMs = start + 600_000;
    const { status, reason, headers } = await server.ask('{ me { id } }', { token });
    expect({ status, reason }).toEqual({ status: 401, reason: 'TOKEN_EXPIRED' });
    expect(headers.get('www-authenticate')).toBe(challengeOf('The token has expired'));
  });

  it('with a token of another key, changed claims or no signature: TOKEN_INVALID', async () => {
    const [header = '', , signature = ''] = server.admin.accessToken.split('.');
    const claims = { ...claimsOf(server.admin.accessToken), sub: 'someone-else' };
    const unsigned = `${encode({ alg: 'none', typ: 'at+jwt' })}.${encode(claims)}.`;
    for (const token of [
      forge(server.admin.accessToken, {}, generateSigningKeys()),
      `${header}.${encode(claims)}.${signature}`,
      unsigned,
      forge(server.admin.accessToken, { aud: 'another-api' }),
      forge(server.admin.accessToken, { iss: 'another-issuer' }),
    ]) {
      const { status, reason, headers } = await server.ask('{ me { id } }', { token });
      expect({ status, reason }).toEqual({ status: 401, reason: 'TOKEN_INVALID' });
      expect(headers.get('www-authenticate')).toBe(invalid);
    }
  });

  it.each([
    { what: 'no session', changes: { sid: '00000000-0000-7000-8000-000000000000' } },
    { what: 'what is no id', changes: { sid: "' OR true --" } },
    { what: "another user's session", changes: { sub: '00000000-0000-7000-8000-000000000000' } },
  ])('with a token that names $what: TOKEN_REVOKED', async ({ changes }) => {
    const token = forge(server.admin.accessToken, changes);
    const { status, reason } = await server.ask('{ me { id } }', { token });
    expect({ status, reason }).toEqual({ status: 401, reason: 'TOKEN_REVOKED' });
  });

  it('with a token of an ended session: TOKEN_REVOKED at once', async () => {
    const { accessToken: token, id, username } = await server.aUser('STAFF');
    const other = await server.logIn(username, userPassword);
    const { sid } = claimsOf(token);
    const endedAt = new Date(nowMs);
    await server.connection.database.session.update({ where: { id: sid }, data: { endedAt } });

    const { status, reason, headers } = await server.ask('{ me { id } }', { token });
    expect({ status, reason }).toEqual({ status: 401, reason: 'TOKEN_REVOKED' });
    expect(headers.get('www-authenticate')).toBe(revoked);
    const still = await server.ask('{ me { id } }', { token: other.accessToken });
    expect(still.data.me.id).toBe(id);
  });

  it('with a token of a disabled user: TOKEN_REVOKED at once, and also once enabled', async () => {
    const user: TestUser = await server.aUser('STAFF');
    const admin = server.admin.accessToken;
    const variables = { id: user.id };
    for (const change of ['disableUser', 'enableUser']) {
      const query = `mutation ($id: ID!) { ${change}(id: $id) { disabledAt } }`;
      expect((await server.ask(query, { token: admin, variables })).status).toBe(200);
      const { status, reason } = await server.ask('{ me { id } }', { token: user.accessToken });
      expect({ status, reason }, change).toEqual({ status: 401, reason: 'TOKEN_REVOKED' });
    }
    expect((await server.logIn(user.username, userPassword)).id).toBe(user.id);
  });
});

describe('a good token', () => {
  it.each(['Bearer', 'bearer', 'BEARER', 'bEaReR', 'Bearer    '])(
    'is taken with the scheme written as "%s"',
    async (scheme) => {
      const { data } = await me(`${scheme} ${server.admin.accessToken}`);
      expect(data.me.id).toBe(server.admin.id);
    },
  );

  it('says nothing about groups that anyone believes', async () => {
    const { accessToken } = await server.aUser('STAFF');
    const token = forge(accessToken, { groups: ['ADMIN'], group: 'ADMIN', scope: 'ADMIN' });
    const viewer = await server.ask('{ viewer { groups } }', { token });
    expect(viewer.data.viewer.groups).toEqual(['STAFF']);
    expect((await server.ask('{ users { edges { cursor } } }', { token })).status).toBe(403);
  });
});

describe('an operation of public fields alone', () => {
  it.each(['rubbish', 'Basic YTpi', 'Bearer abc.def.ghi', ''])(
    'runs as anonymous beside the Authorization header "%s"',
    async (authorization) => {
      const headers = { authorization };
      const { status, data } = await server.ask('{ serverInfo { name } }', { headers });
      expect({ status, data }).toEqual({
        status: 200,
        data: { serverInfo: { name: 'Gatehouse' } },
      });
      const beside = await server.ask('{ serverInfo { name } me { id } }', { headers });
      expect(beside.status).toBe(401);
      expect(beside.body).not.toHaveProperty('data');
    },
  );
});
