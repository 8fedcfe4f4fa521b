import { createHmac, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect } from 'vitest';
import { generateSigningKeys } from '../../src/authentication/keys/signing-keys.ts';
import {
  type AttackedServer,
  attack,
  expectNothingTold,
  facts,
  forbidden,
  startAttackedServer,
  unauthenticated,
} from '../support/attacked-server.ts';
import { parseSigningKeys } from '../support/signing-keys.ts';
import { adminPassword, userPassword } from '../support/test-server.ts';
import { openTestSocket } from '../support/test-socket.ts';

let server: AttackedServer;
let folder: string;
let key: KeyObject;
let header: Record<string, unknown>;
let claims: Record<string, unknown>;
let secret: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gatehouse-attacks-'));
  const file = join(folder, 'keys.json');
  const text = generateSigningKeys();
  await writeFile(file, text, { mode: 0o600 });
  key = parseSigningKeys(text).signing.privateKey;
  server = await startAttackedServer({ environment: { SIGNING_KEYS: file } });
  [header, claims] = partsOf(server.staff.accessToken);
  ({ secret } = await server.aClient('STAFF'));
});
afterAll(async () => {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

const decode = (part = '') => JSON.parse(Buffer.from(part, 'base64url').toString());
const encode = (value: unknown) =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
function partsOf(token: string): [Record<string, unknown>, Record<string, unknown>] {
  const [first, second] = token.split('.');
  return [decode(first), decode(second)];
}

type Signer = (signed: Buffer) => Buffer;
const byKey =
  (signingKey: KeyObject, algorithm = 'sha256'): Signer =>
  (signed) =>
    sign(algorithm, signed, { key: signingKey, dsaEncoding: 'ieee-p1363' });
function forge(newHeader: unknown, newClaims: unknown, signer: Signer = byKey(key)): string {
  const signed = `${encode(newHeader)}.${encode(newClaims)}`;
  return `${signed}.${signer(Buffer.from(signed)).toString('base64url')}`;
}

const me = '{ me { id username } }';
const asks = (token: string) => server.ask(me, { token });
const invalid = unauthenticated('TOKEN_INVALID');
const malformed = unauthenticated('TOKEN_MALFORMED');
const revoked = unauthenticated('TOKEN_REVOKED');

/** A key of an attacker's own. */
const stranger = () => generateKeyPairSync('ec', { namedCurve: 'P-256' });
const publicKeys = async () => (await fetch(`${server.url}/.well-known/jwks.json`)).json();

attack(
  'come in with a token that is made as the server makes it (the forge works)',
  'none',
  async () => {
    expect((await asks(forge(header, claims))).data.me.id).toBe(server.staff.id);
  },
);

for (const alg of [
  'none',
  'None',
  'NONE',
  'nOnE',
  '',
  null,
  undefined,
  ['ES256'],
  'ES256 ',
  'es256',
]) {
  attack(
    `pass without a signature as algorithm ${JSON.stringify(alg)}`,
    'RFC 8725 2.1, 3.1',
    async () => {
      expect(facts(await asks(forge({ ...header, alg }, claims, () => Buffer.alloc(0))))).toEqual(
        invalid,
      );
      expect(facts(await asks(forge({ ...header, alg }, claims)))).toEqual(invalid);
    },
  );
}

for (const alg of ['HS256', 'HS384', 'HS512']) {
  attack(
    `take the public key for a secret of ${alg}`,
    'RFC 8725 2.1: algorithm confusion',
    async () => {
      const { keys } = await publicKeys();
      const [jwk] = keys;
      const digest = alg.replace('HS', 'sha');
      for (const material of [JSON.stringify(jwk), jwk.x, Buffer.from(jwk.x, 'base64url'), '']) {
        const signer: Signer = (signed) => createHmac(digest, material).update(signed).digest();
        expect(facts(await asks(forge({ ...header, alg }, claims, signer)))).toEqual(invalid);
      }
    },
  );
}

for (const alg of ['RS256', 'PS256', 'ES384', 'ES512', 'ES256K', 'EdDSA']) {
  attack(`name the algorithm ${alg} for the server's key`, 'RFC 8725 3.1', async () => {
    expect(facts(await asks(forge({ ...header, alg }, claims)))).toEqual(invalid);
  });
}

for (const { what, signer } of [
  { what: 'of zeros (the psychic signature)', signer: () => Buffer.alloc(64) },
  { what: 'of ones', signer: () => Buffer.alloc(64, 255) },
  { what: 'that is missing', signer: () => Buffer.alloc(0) },
  { what: 'of another key', signer: (signed: Buffer) => byKey(stranger().privateKey)(signed) },
  { what: 'in the encoding of DER', signer: (signed: Buffer) => sign('sha256', signed, key) },
  {
    what: 'with bytes behind it',
    signer: (signed: Buffer) => Buffer.concat([byKey(key)(signed), Buffer.alloc(1)]),
  },
  { what: 'over another hash', signer: (signed: Buffer) => byKey(key, 'sha512')(signed) },
]) {
  attack(`pass with a signature ${what}`, 'CVE-2022-21449; RFC 8725 3.2', async () => {
    expect(facts(await asks(forge(header, claims, signer)))).toEqual(invalid);
  });
}

for (const kid of [
  '../../../../dev/null',
  '/dev/null',
  `' UNION SELECT 'key`,
  'https://evil.example/key.json',
  '__proto__',
  'constructor',
  '',
  null,
  0,
  {},
  ['a'],
  undefined,
]) {
  attack(`inject the key id ${JSON.stringify(kid)}`, 'RFC 8725 2.9, 3.10', async () => {
    const signer: Signer = (signed) => createHmac('sha256', '').update(signed).digest();
    expect(facts(await asks(forge({ ...header, kid }, claims)))).toEqual(invalid);
    expect(facts(await asks(forge({ ...header, kid, alg: 'HS256' }, claims, signer)))).toEqual(
      invalid,
    );
  });
}

for (const name of ['jwk', 'jku', 'x5u', 'x5c']) {
  attack(`bring an own key in the header "${name}"`, 'RFC 8725 3.10; CVE-2018-0114', async () => {
    const { publicKey, privateKey } = stranger();
    const jwk = publicKey.export({ format: 'jwk' });
    const value = name === 'jwk' ? jwk : 'https://evil.example/keys.json';
    for (const kid of [header.kid, 'mine']) {
      const token = forge({ ...header, kid, [name]: value }, claims, byKey(privateKey));
      expect(facts(await asks(token))).toEqual(invalid);
    }
  });
}

for (const { what, change } of [
  { what: 'a critical extension', change: { crit: ['exp'], exp: 0 } },
  { what: 'an empty list of critical extensions', change: { crit: [] } },
  { what: 'an unencoded payload', change: { b64: false, crit: ['b64'] } },
  { what: 'the type of any JWT', change: { typ: 'JWT' } },
  { what: 'the type of a logout token', change: { typ: 'logout+jwt' } },
  { what: 'no type', change: { typ: undefined } },
]) {
  attack(
    `pass for another kind of token by ${what}`,
    'RFC 8725 2.8, 3.11; RFC 7515 4.1.11',
    async () => {
      expect(facts(await asks(forge({ ...header, ...change }, claims)))).toEqual(invalid);
    },
  );
}

const now = () => Math.floor(Date.now() / 1000);
for (const { what, change } of [
  { what: 'of another issuer', change: () => ({ iss: 'https://evil.example' }) },
  { what: 'without an issuer', change: () => ({ iss: undefined }) },
  { what: 'of a list of issuers', change: () => ({ iss: ['gatehouse', 'x'] }) },
  { what: 'for another audience', change: () => ({ aud: 'another-api' }) },
  { what: 'for no audience', change: () => ({ aud: undefined }) },
  { what: 'without an end', change: () => ({ exp: undefined }) },
  { what: 'with an end that is a text', change: () => ({ exp: '99999999999' }) },
  { what: 'without an end', change: () => ({ exp: null }) },
  { what: 'from the future', change: () => ({ iat: now() + 3600 }) },
  { what: 'that is not valid yet', change: () => ({ nbf: now() + 3600 }) },
  { what: 'of an empty subject', change: () => ({ sub: '' }) },
  { what: 'of a list of users', change: () => ({ sub: [server.admin.id] }) },
  { what: 'without a session', change: () => ({ sid: undefined }) },
  { what: 'without an id', change: () => ({ jti: undefined }) },
]) {
  attack(`use a token ${what}`, 'RFC 8725 3.8, 3.9; RFC 7519 4.1', async () => {
    expect(facts(await asks(forge(header, { ...claims, ...change() })))).toEqual(invalid);
  });
}

attack('use a token whose time is over', 'RFC 7519 4.1.4', async () => {
  const answer = await asks(forge(header, { ...claims, exp: now() }));
  expect(facts(answer)).toEqual(unauthenticated('TOKEN_EXPIRED'));
});

attack('become another user by a changed subject', 'API2:2023; RFC 7515', async () => {
  const [first, , last] = server.staff.accessToken.split('.');
  const changed = encode({ ...claims, sub: server.admin.id });
  expect(facts(await asks(`${first}.${changed}.${last}`))).toEqual(invalid);
});

attack('join an own session to the id of an ADMIN, rightly signed', 'ASVS 5 7.2', async () => {
  expect(facts(await asks(forge(header, { ...claims, sub: server.admin.id })))).toEqual(revoked);
  const [, { sid }] = partsOf(server.admin.accessToken);
  expect(facts(await asks(forge(header, { ...claims, sid })))).toEqual(revoked);
});

attack('be believed groups that stand in the token, rightly signed', 'ASVS 5 8.3', async () => {
  const token = forge(header, { ...claims, groups: ['ADMIN'], roles: ['ADMIN'], scope: 'ADMIN' });
  expect(facts(await server.ask('{ apiClients { id } }', { token }))).toEqual(forbidden());
});

attack('use a session that never was', 'ASVS 5 7.2', async () => {
  const sid = '01900000-0000-7000-8000-000000000000';
  expect(facts(await asks(forge(header, { ...claims, sid })))).toEqual(revoked);
});

for (const { what, change } of [
  { what: 'of five parts (JWE)', change: (token: string) => `${token}.a.b` },
  { what: 'of two parts', change: (token: string) => token.split('.').slice(0, 2).join('.') },
  { what: 'with a dot at its end', change: (token: string) => `${token}.` },
  { what: 'with padding', change: (token: string) => `${token}==` },
  { what: 'twice', change: (token: string) => `${token}.${token}` },
  {
    what: 'in the other base64',
    change: (token: string) => `+/+/.${token.slice(token.indexOf('.') + 1)}`,
  },
  { what: 'of empty parts', change: () => '..' },
  { what: 'of an empty object', change: () => `${encode('{}x')}.${encode('{}')}.${encode('x')}` },
]) {
  attack(`use a token ${what}`, 'RFC 7515 3.1, 7; RFC 4648 3.5', async () => {
    expect(facts(await asks(change(server.staff.accessToken)))).toEqual(malformed);
  });
}

for (const scheme of ['Basic', 'Digest', 'Token', 'JWT', 'bearer,', 'Bearer Bearer', 'Bearer\t']) {
  attack(`send a good token by the scheme "${scheme}"`, 'RFC 6750 2.1', async () => {
    const authorization = `${scheme} ${server.staff.accessToken}`;
    expect(facts(await server.ask(me, { headers: { authorization } }))).toEqual(malformed);
  });
}

for (const where of ['?access_token=', '?token=', '?authorization=Bearer%20']) {
  attack(
    `send a good token in the URL as ${where}`,
    'RFC 6750 2.3, 5.3; ASVS 5 14.2.1',
    async () => {
      const url = `${server.url}/graphql${where}${server.staff.accessToken}`;
      const answer = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query: me }),
      });
      const { data, errors } = await answer.json();
      expect([answer.status, data, errors[0].extensions.reason]).toEqual([
        401,
        undefined,
        'TOKEN_MISSING',
      ]);
    },
  );
}

for (const { what, beside } of [
  { what: 'access_token', beside: (token: string) => ({ access_token: token }) },
  { what: 'authorization', beside: (token: string) => ({ authorization: `Bearer ${token}` }) },
  {
    what: 'headers',
    beside: (token: string) => ({ headers: { authorization: `Bearer ${token}` } }),
  },
  {
    what: 'extensions',
    beside: (token: string) => ({ extensions: { authorization: `Bearer ${token}`, token } }),
  },
  { what: 'a variable', beside: (token: string) => ({ variables: { access_token: token } }) },
]) {
  attack(`send a good token in the body as ${what}`, 'RFC 6750 2.2', async () => {
    const answer = await fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: me, ...beside(server.staff.accessToken) }),
    });
    const { data, errors } = await answer.json();
    expect([answer.status, data, errors[0].extensions.reason]).toEqual([
      401,
      undefined,
      'TOKEN_MISSING',
    ]);
  });
}

attack('send a good token in a form', 'RFC 6750 2.2', async () => {
  const answer = await fetch(`${server.url}/graphql`, {
    method: 'POST',
    body: new URLSearchParams({ query: me, access_token: server.staff.accessToken }),
  });
  const { data, errors } = await answer.json();
  expect([answer.status, data, errors[0].extensions.code]).toEqual([415, undefined, 'BAD_REQUEST']);
});

for (const name of [
  'cookie',
  'x-access-token',
  'x-auth-token',
  'proxy-authorization',
  'x-forwarded-authorization',
]) {
  attack(`send a good token in the header "${name}"`, 'RFC 6750 2; CSRF', async () => {
    const { accessToken } = server.staff;
    const value =
      name === 'cookie'
        ? `access_token=${accessToken}; token=${accessToken}`
        : `Bearer ${accessToken}`;
    const answer = await server.ask(me, { headers: { [name]: value } });
    expect(facts(answer)).toEqual(unauthenticated('TOKEN_MISSING'));
  });
}

for (const [name, value] of [
  ['x-user-id', 'admin'],
  ['x-forwarded-user', 'admin'],
  ['x-remote-user', 'admin'],
  ['x-gatehouse-groups', 'ADMIN'],
  ['x-original-url', '/health/live'],
  ['x-http-method-override', 'GET'],
] as const) {
  attack(
    `pass for someone by the header "${name}"`,
    'API8:2023; OWASP Authentication',
    async () => {
      const answer = await server.ask(me, { headers: { [name]: value } });
      expect(facts(answer)).toEqual(unauthenticated('TOKEN_MISSING'));
    },
  );
}

attack('send a token of 9,000 characters', 'ASVS 5 4.2.5; RFC 6750', async () => {
  expect(facts(await asks('a'.repeat(9000)))).toEqual(malformed);
});

attack('open the API with a refresh token', 'RFC 9700: token confusion', async () => {
  expect(facts(await asks(server.staff.refreshToken))).toEqual(malformed);
});

attack('open the API with a password', 'token confusion', async () => {
  expect(facts(await asks(userPassword))).toEqual(malformed);
});

const flipped = (text: string, at: number) =>
  `${text.slice(0, at)}${text[at] === 'A' ? 'B' : 'A'}${text.slice(at + 1)}`;

for (const { what, change } of [
  { what: 'with one character changed', change: (text: string) => flipped(text, 40) },
  { what: 'with another client’s id', change: (text: string) => flipped(text, 12) },
  { what: 'cut short', change: (text: string) => text.slice(0, -1) },
  { what: 'with a character more', change: (text: string) => `${text}A` },
  {
    what: 'in capitals behind its prefix',
    change: (text: string) => `gatehouse_${text.slice(10).toUpperCase()}`,
  },
  { what: 'of the prefix alone', change: () => 'gatehouse_' },
]) {
  attack(`open the API with a secret ${what}`, 'API2:2023; ASVS 5 13.2', async () => {
    expect(facts(await asks(change(secret)))).toEqual(malformed);
  });
}

attack(
  'open the API with a secret after it was rotated, and of a disabled client',
  'ASVS 5 13.3.4',
  async () => {
    const client = await server.aClient('STAFF');
    const groups = '{ viewer { groups } }';
    const { accessToken: token } = server.admin;
    expect((await server.ask(groups, { token: client.secret })).status).toBe(200);
    const rotate = `mutation { rotateApiClientSecret(id: "${client.id}") { secret } }`;
    const { data } = await server.ask(rotate, { token });
    expect(facts(await server.ask(groups, { token: client.secret }))).toEqual(revoked);
    await server.ask(`mutation { disableApiClient(id: "${client.id}") { id } }`, { token });
    const replaced = data.rotateApiClientSecret.secret;
    expect(facts(await server.ask(groups, { token: replaced }))).toEqual(revoked);
  },
);

for (const { what, end } of [
  { what: 'a logout', end: 'mutation { logout }' },
  { what: 'a logout everywhere', end: 'mutation { logoutEverywhere }' },
]) {
  attack(`use a stolen token after ${what}`, 'ASVS 5 7.4.1', async () => {
    const user = await server.aUser('STAFF');
    await server.ask(end, { token: user.accessToken });
    expect(facts(await asks(user.accessToken))).toEqual(revoked);
  });
}

for (const end of [
  'disableUser(id: "$") { id }',
  'deleteUser(id: "$")',
  'resetPassword(userId: "$", newPassword: "another-violet-otter-77") { id }',
]) {
  attack(`use a stolen token after ${end.split('(')[0]}`, 'ASVS 5 7.4.2, 7.4.3', async () => {
    const user = await server.aUser('STAFF');
    const query = `mutation { ${end.replace('$', user.id)} }`;
    expect((await server.ask(query, { token: server.admin.accessToken })).status).toBe(200);
    expect(facts(await asks(user.accessToken))).toEqual(revoked);
  });
}

attack(
  'use a stolen token of a user who was disabled and enabled again',
  'ASVS 5 7.4.2',
  async () => {
    const user = await server.aUser('STAFF');
    const { accessToken: token } = server.admin;
    await server.ask(
      `mutation { disableUser(id: "${user.id}") { id } enableUser(id: "${user.id}") { id } }`,
      { token },
    );
    expect(facts(await asks(user.accessToken))).toEqual(revoked);
  },
);

attack('open a socket with a forged token', 'RFC 8725 over WebSocket', async () => {
  const token = forge({ ...header, alg: 'none' }, claims, () => Buffer.alloc(0));
  const socket = openTestSocket(server.url, { token });
  expect(JSON.stringify(await socket.subscribe(me).ended)).toContain('TOKEN_INVALID');
  await socket.close();
});

attack(
  'open a socket with two tokens, of which one is good',
  'RFC 6750 2 over WebSocket',
  async () => {
    const connectionParams = {
      authorization: `Bearer ${server.staff.accessToken}`,
      Authorization: `Bearer ${server.admin.accessToken}`,
    };
    const socket = openTestSocket(server.url, { connectionParams });
    expect(JSON.stringify(await socket.subscribe(me).ended)).toContain('TOKEN_MALFORMED');
    await socket.close();
  },
);

for (const value of [{ toString: 'x' }, ['Bearer x'], 1, true, null]) {
  attack(`open a socket with the token ${JSON.stringify(value)}`, 'ASVS 5 2.2', async () => {
    const socket = openTestSocket(server.url, { connectionParams: { authorization: value } });
    expect(JSON.stringify(await socket.subscribe(me).ended)).toContain('TOKEN_MALFORMED');
    await socket.close();
  });
}

attack(
  'pass by the Authorization header of the upgrade, as a page cannot',
  'cross-site WebSocket hijacking',
  async () => {
    const headers = {
      authorization: `Bearer ${server.staff.accessToken}`,
      cookie: `token=${server.staff.accessToken}`,
    };
    const socket = openTestSocket(server.url, { headers });
    expect(JSON.stringify(await socket.subscribe(me).ended)).toContain('TOKEN_MISSING');
    await socket.close();
  },
);

attack('read a private key among the public ones', 'RFC 7517 9.2; RFC 8725', async () => {
  const { keys } = await publicKeys();
  expect(keys.map((each: object) => Object.keys(each).sort())).toEqual([
    ['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y'],
  ]);
});

for (const path of [
  '/data/signing-keys.json',
  '/signing-keys.json',
  '/.well-known/../signing-keys.json',
  '/.well-known/jwks.json/..%2f..%2fsigning-keys.json',
  '/.env',
  '/graphql/%2e%2e/%2e%2e/.env',
  '/package.json',
  '/.git/config',
]) {
  attack(`fetch the file ${path}`, 'API8:2023; ASVS 5 13.4', async () => {
    const answer = await fetch(`${server.url}${path}`);
    expect([answer.status, (await answer.json()).errors[0].extensions.code]).toEqual([
      404,
      'NOT_FOUND',
    ]);
  });
}

attack(
  'find a secret in the answers and the log after all of this',
  'ASVS 5 16.2.5, 16.5.1',
  async () => {
    expectNothingTold(server, [adminPassword, userPassword, secret]);
  },
);
