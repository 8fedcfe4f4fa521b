import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect } from 'vitest';
import {
  type AttackedServer,
  attack,
  expectNothingTold,
  facts,
  startAttackedServer,
  unauthenticated,
} from '../support/attacked-server.ts';
import { adminPassword, type TestUser, userPassword } from '../support/test-server.ts';
import { openTestSocket } from '../support/test-socket.ts';

let server: AttackedServer;
let passedMs = 0;
let secret: string;
beforeAll(async () => {
  server = await startAttackedServer({ now: () => new Date(Date.now() + passedMs) });
  ({ secret } = await server.aClient('ADMIN'));
});
afterAll(() => server.stop());

const refreshMutation = `mutation ($token: String!) {
  refresh(refreshToken: $token) { accessToken refreshToken user { id } } }`;
const refresh = (token: unknown, as?: TestUser) =>
  server.ask(refreshMutation, {
    variables: { token },
    ...(as === undefined ? {} : { token: as.accessToken }),
  });
const me = (token: string) => server.ask('{ me { id } }', { token });

const malformed = unauthenticated('TOKEN_MALFORMED');
const invalid = unauthenticated('TOKEN_INVALID');
const revoked = unauthenticated('TOKEN_REVOKED');
const rotation = 'RFC 9700 4.14.2';
const guessing = 'RFC 6749 10.10';
const confusion = 'RFC 9700: token confusion';

/** Steps over the time in which the last token may come again. */
const passGrace = () => {
  passedMs += 11_000;
};

attack('use a stolen token after its owner has used it', rotation, async () => {
  const owner = await server.aUser('STAFF');
  const { data } = await refresh(owner.refreshToken);
  passGrace();
  expect(facts(await refresh(owner.refreshToken))).toEqual(revoked);
  expect(facts(await refresh(data.refresh.refreshToken))).toEqual(revoked);
  expect(facts(await me(data.refresh.accessToken))).toEqual(revoked);
});

attack(
  'keep a session that was stolen when its owner comes with the older token',
  rotation,
  async () => {
    const owner = await server.aUser('STAFF');
    const thief = (await refresh(owner.refreshToken)).data.refresh;
    const further = (await refresh(thief.refreshToken)).data.refresh;
    expect(facts(await refresh(owner.refreshToken))).toEqual(revoked);
    expect(facts(await refresh(further.refreshToken))).toEqual(revoked);
    expect(facts(await me(further.accessToken))).toEqual(revoked);
  },
);

attack('hide the reuse of a token from who reads the audit log', 'ASVS 5 16.3.3', async () => {
  const owner = await server.aUser('STAFF');
  await refresh(owner.refreshToken);
  passGrace();
  await refresh(owner.refreshToken);
  const query =
    '{ auditEvents(first: 1, action: "refresh.reused") { edges { node { ip actor { ... on User { id } } } } } }';
  const { data } = await server.ask(query, { token: server.auditor.accessToken });
  expect(data.auditEvents.edges[0].node.ip).toBe('127.0.0.1');
});

attack('get two successors by two uses at once', 'RFC 9700 4.14.2: race', async () => {
  const owner = await server.aUser('STAFF');
  const answers = await Promise.all(Array.from({ length: 8 }, () => refresh(owner.refreshToken)));
  const successors = answers.map(({ data }) => data?.refresh.refreshToken);
  expect(new Set(successors).size).toBe(1);
});

attack('use the grace of a token for ever', rotation, async () => {
  const owner = await server.aUser('STAFF');
  await refresh(owner.refreshToken);
  for (let n = 0; n < 3; n += 1) {
    passedMs += 4_000;
    const { status } = await refresh(owner.refreshToken);
    expect(status).toBe(n < 2 ? 200 : 401);
  }
});

for (const { what, token } of [
  { what: 'a comment of SQL', token: () => `' OR 1=1 --` },
  { what: 'nothing', token: () => '' },
  { what: 'an access token', token: () => server.staff.accessToken },
  { what: 'a program’s secret', token: () => secret },
  { what: 'a password', token: () => userPassword },
  { what: 'a token with white space', token: () => ` ${server.staff.refreshToken}` },
  { what: 'a token with padding', token: () => `${server.staff.refreshToken}=` },
  { what: 'a token and a NUL', token: () => `${server.staff.refreshToken}\0` },
  { what: 'a token in the other base64', token: () => `+/${server.staff.refreshToken.slice(2)}` },
  { what: 'a session’s id', token: () => '01900000-0000-7000-8000-000000000000' },
  { what: '90,000 characters', token: () => 'a'.repeat(90_000) },
]) {
  attack(`refresh with ${what}`, confusion, async () => {
    const answer = await server.unchanged(() => refresh(token()));
    expect(facts(answer)).toEqual(malformed);
  });
}

attack('refresh with a guessed token', 'RFC 6749 10.10', async () => {
  const guess = Buffer.alloc(84, 7).toString('base64url');
  expect(facts(await server.unchanged(() => refresh(guess)))).toEqual(invalid);
});

for (const { part, at } of [
  { part: 'session', at: 0 },
  { part: 'key', at: 60 },
  { part: 'secret', at: 100 },
]) {
  attack(
    `refresh with a token of which one character of its ${part} differs`,
    guessing,
    async () => {
      const { refreshToken } = server.staff;
      const other = refreshToken[at] === 'A' ? 'B' : 'A';
      const changed = refreshToken.slice(0, at) + other + refreshToken.slice(at + 1);
      expect(facts(await server.unchanged(() => refresh(changed)))).toEqual(invalid);
    },
  );
}

attack('end a session that is known by its id alone', 'RFC 9700 4.14.2', async () => {
  const owner = await server.aUser('STAFF');
  let { refreshToken } = owner;
  for (let n = 0; n < 3; n += 1) {
    ({ refreshToken } = (await refresh(refreshToken)).data.refresh);
  }
  const bytes = Buffer.from(refreshToken, 'base64url');
  for (const generation of [0, 1, 2, 3, 4, 2 ** 32 - 1]) {
    const forged = Buffer.concat([bytes.subarray(0, 16), Buffer.alloc(68, 7)]);
    forged.writeUInt32BE(generation, 16);
    const text = forged.toString('base64url');
    expect(facts(await server.unchanged(() => refresh(text)))).toEqual(invalid);
  }
  expect((await refresh(refreshToken)).status).toBe(200);
});

attack('go on with an old token by the generation of the current one', rotation, async () => {
  const owner = await server.aUser('STAFF');
  const next = (await refresh(owner.refreshToken)).data.refresh.refreshToken;
  for (const generation of [1, 2]) {
    const forged = Buffer.from(owner.refreshToken, 'base64url');
    forged.writeUInt32BE(generation, 16);
    const text = forged.toString('base64url');
    expect(facts(await server.unchanged(() => refresh(text)))).toEqual(invalid);
  }
  expect((await refresh(next)).status).toBe(200);
});

attack('refresh with what a leaked database holds', 'ASVS 5 11.4; RFC 9700', async () => {
  const owner = await server.aUser('STAFF');
  const next = (await refresh(owner.refreshToken)).data.refresh.refreshToken;
  const row = await server.connection.database.session.findFirstOrThrow({
    where: { userId: owner.id },
  });
  const [chain, secret, salt] = [row.refreshChainHash, row.refreshSecretHash, row.refreshSalt];
  const place = Buffer.from(next, 'base64url').subarray(0, 20);
  const stored = [chain, secret, salt].map((bytes) => Buffer.from(bytes ?? []));
  const hashed = stored.map((bytes) => createHash('sha256').update(bytes).digest());
  for (const one of [...stored, ...hashed]) {
    for (const other of [...stored, ...hashed]) {
      const text = Buffer.concat([place, one, other]).toString('base64url');
      expect(facts(await server.unchanged(() => refresh(text)))).toEqual(invalid);
    }
  }
  expect((await refresh(next)).status).toBe(200);
});

for (const value of [{ $gt: '' }, ['a'], 5, true, null]) {
  attack(`refresh with the value ${JSON.stringify(value)}`, 'ASVS 5 1.2, 2.2', async () => {
    const answer = await server.unchanged(() => refresh(value));
    expect([answer.status, answer.body.data]).toEqual([400, undefined]);
  });
}

attack('become another by an own refresh token and another’s access token', confusion, async () => {
  const owner = await server.aUser('STAFF');
  const { data } = await refresh(owner.refreshToken, server.admin);
  expect(data.refresh.user.id).toBe(owner.id);
  expect((await me(data.refresh.accessToken)).data.me.id).toBe(owner.id);
});

attack('gain groups by a refresh', 'ASVS 5 8', async () => {
  const owner = await server.aUser('STAFF');
  const { data } = await refresh(owner.refreshToken);
  const query = '{ viewer { groups access } }';
  const asked = await server.ask(query, { token: data.refresh.accessToken });
  expect(asked.data.viewer.groups).toEqual(['STAFF']);
});

for (const end of ['logout', 'logoutEverywhere']) {
  attack(`refresh after ${end}`, 'ASVS 5 7.4.1', async () => {
    const owner = await server.aUser('STAFF');
    await server.ask(`mutation { ${end} }`, { token: owner.accessToken });
    expect(facts(await refresh(owner.refreshToken))).toEqual(revoked);
  });
}

for (const [name, args, rest] of [
  ['disableUser', 'id: ID', '{ id }'],
  ['deleteUser', 'id: ID', ''],
  ['resetPassword', 'userId: ID, newPassword: "another-violet-otter-77"', '{ id }'],
] as const) {
  attack(`refresh after ${name}`, 'ASVS 5 7.4.2, 7.4.3', async () => {
    const owner = await server.aUser('STAFF');
    const query = `mutation { ${name}(${args.replace('ID', `"${owner.id}"`)}) ${rest} }`;
    expect((await server.ask(query, { token: server.admin.accessToken })).status).toBe(200);
    const expected = name === 'deleteUser' ? invalid : revoked;
    expect(facts(await refresh(owner.refreshToken))).toEqual(expected);
  });
}

attack('refresh with the token from before changePassword', 'ASVS 5 7.4.3', async () => {
  const owner = await server.aUser('STAFF');
  const query = `mutation { changePassword(currentPassword: "${userPassword}", newPassword: "another-violet-otter-77") { refreshToken } }`;
  expect((await server.ask(query, { token: owner.accessToken })).status).toBe(200);
  expect(facts(await refresh(owner.refreshToken))).toEqual(invalid);
});

attack('keep a session for ever by refreshing', 'ASVS 5 7.3.2', async () => {
  const owner = await server.aUser('STAFF');
  let { refreshToken } = owner;
  const startedMs = passedMs;
  let days = 0;
  for (; days < 40; days += 6) {
    const { data } = await refresh(refreshToken);
    if (data === undefined) break;
    ({ refreshToken } = data.refresh);
    passedMs += 6 * 24 * 60 * 60 * 1000;
  }
  passedMs = startedMs;
  expect(days).toBe(30);
});

for (const { what, query } of [
  {
    what: 'two aliases',
    query:
      'mutation { a: refresh(refreshToken: "$") { tokenType } b: refresh(refreshToken: "$") { tokenType } }',
  },
  {
    what: 'fragments',
    query:
      'mutation { ...F ...F2 } fragment F on Mutation { a: refresh(refreshToken: "$") { tokenType } } fragment F2 on Mutation { b: refresh(refreshToken: "$") { tokenType } }',
  },
]) {
  attack(`try many tokens in a request by ${what}`, 'CrackQL', async () => {
    const asked = query.replaceAll('$', server.staff.refreshToken);
    const answer = await server.unchanged(() => server.ask(asked));
    expect([answer.status, answer.body.data]).toEqual([400, undefined]);
  });
}

attack(
  'refresh by GET, where tokens end in logs',
  'RFC 9700; graphql-cop: GET method',
  async () => {
    const query = encodeURIComponent(
      `mutation { refresh(refreshToken: "${server.staff.refreshToken}") { accessToken } }`,
    );
    const headers = { 'apollo-require-preflight': '1' };
    const answer = await server.unchanged(() =>
      fetch(`${server.url}/graphql?query=${query}`, { headers }),
    );
    expect(answer.status).toBe(405);
  },
);

attack('refresh in a query', 'GraphQL over HTTP', async () => {
  const query = `{ refresh(refreshToken: "${server.staff.refreshToken}") { accessToken } }`;
  expect((await server.unchanged(() => server.ask(query))).status).toBe(400);
});

attack('read guarded fields in the answer to a refresh', 'API3:2023', async () => {
  const query =
    'mutation ($token: String!) { refresh(refreshToken: $token) { user { sessions { ip } } } }';
  const variables = { token: server.victim.refreshToken };
  const answer = await server.unchanged(() => server.ask(query, { variables }));
  expect(facts(answer)).toEqual(unauthenticated('TOKEN_MISSING'));
});

attack('reuse a token over a socket', rotation, async () => {
  const owner = await server.aUser('STAFF');
  await refresh(owner.refreshToken);
  passGrace();
  const socket = openTestSocket(server.url);
  const ended = await socket.subscribe(refreshMutation, { token: owner.refreshToken }).ended;
  await socket.close();
  expect(ended).toMatchObject([{ extensions: { reason: 'TOKEN_REVOKED' } }]);
});

attack('end the session of another by its id', 'API1:2023', async () => {
  const { id } = await server.connection.database.session.findFirstOrThrow({
    where: { userId: server.victim.id },
  });
  const query = `mutation { endSession(id: "${id}") }`;
  const answer = await server.unchanged(() =>
    server.ask(query, { token: server.staff.accessToken }),
  );
  expect(facts(answer)).toMatchObject({ status: 403, code: 'FORBIDDEN' });
});

attack(
  'find a secret in the answers and the log after all of this',
  'ASVS 5 16.2.5, 16.5.1',
  async () => {
    expectNothingTold(server, [adminPassword, userPassword, secret]);
  },
);
