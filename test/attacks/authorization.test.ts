import { afterAll, beforeAll, expect } from 'vitest';
import type { AskOptions } from '../support/ask.ts';
import {
  type AttackedServer,
  attack,
  expectNothingTold,
  facts,
  forbidden,
  startAttackedServer,
  unauthenticated,
} from '../support/attacked-server.ts';
import { adminPassword, userPassword } from '../support/test-server.ts';
import { openTestSocket } from '../support/test-socket.ts';

let server: AttackedServer;
let secret: string;
let clientId: string;
let roomId: string;
beforeAll(async () => {
  server = await startAttackedServer();
  ({ secret, id: clientId } = await server.aClient('STAFF'));
  const create = `mutation { createRoom(input: {
    name: "vault", floor: 1, groups: [AUDITOR], accessCode: "code-of-the-vault" }) { id } }`;
  const { data } = await server.ask(create, { token: server.manager.accessToken });
  roomId = data.createRoom.id;
});
afterAll(() => server.stop());

type Name = 'admin' | 'manager' | 'auditor' | 'staff' | 'victim';
const ask = (as: Name, query: string, options: AskOptions = {}) =>
  server.ask(query, { token: server[as].accessToken, ...options });
/** The ids that an attacker has found. */
const filled = (query: string) =>
  query
    .replaceAll('$victim', server.victim.id)
    .replaceAll('$admin', server.admin.id)
    .replaceAll('$manager', server.manager.id)
    .replaceAll('$staff', server.staff.id)
    .replaceAll('$client', clientId)
    .replaceAll('$room', roomId);

const bola = 'API1:2023 Broken Object Level Authorization';
for (const { as, query } of [
  { as: 'staff', query: '{ user(id: "$victim") { id } }' },
  { as: 'staff', query: '{ user(id: "$admin") { username email } }' },
  { as: 'manager', query: '{ user(id: "$victim") { id } }' },
  { as: 'staff', query: '{ principal(id: "$staff") { id } }' },
  { as: 'staff', query: '{ room(id: "$room") { accessCode } }' },
  { as: 'staff', query: '{ rooms { edges { node { accessCode } } } }' },
  {
    as: 'staff',
    query: '{ room(id: "$room") { entries { edges { node { user { username } } } } } }',
  },
  { as: 'auditor', query: '{ user(id: "$victim") { email } }' },
  { as: 'auditor', query: '{ user(id: "$victim") { sessions { ip userAgent } } }' },
  { as: 'auditor', query: '{ principal(id: "$victim") { ... on User { email } } }' },
  {
    as: 'auditor',
    query:
      '{ principal(id: "$victim") { ... { ... on Principal { ... on User { sessions { id } } } } } }',
  },
  {
    as: 'auditor',
    query: '{ auditEvents { edges { node { actor { ... on User { email } } } } } }',
  },
  { as: 'auditor', query: '{ user(id: "$victim") { memberships { grantedBy { email } } } }' },
  { as: 'manager', query: '{ users { edges { node { email } } } }' },
  { as: 'manager', query: '{ users { edges { node { memberships { group } } } } }' },
  { as: 'manager', query: '{ users { edges { node { sessions { id } } } } }' },
  {
    as: 'staff',
    query: 'mutation { updateUser(id: "$victim", input: { displayName: "x" }) { id } }',
  },
  { as: 'staff', query: 'mutation { updateUser(id: "$admin", input: { email: "x@y" }) { id } }' },
  { as: 'manager', query: 'mutation { updateUser(id: "$staff", input: { email: "x@y" }) { id } }' },
  { as: 'staff', query: 'mutation { enterRoom(id: "$room") { id } }' },
] as const) {
  attack(`as ${as}: ${query}`, bola, async () => {
    const answer = await server.unchanged(() => ask(as, filled(query)));
    expect(facts(answer)).toMatchObject({ status: 403, code: 'FORBIDDEN' });
    expect(answer.body.data ?? null).toBeNull();
    expect(answer.text).not.toContain('code-of-the-vault');
  });
}

const bfla = 'API5:2023 Broken Function Level Authorization';
for (const { as, field } of [
  {
    as: 'staff',
    field: 'createUser(input: { username: "x", password: "violet-otter-ladder" }) { id }',
  },
  {
    as: 'auditor',
    field: 'createUser(input: { username: "x", password: "violet-otter-ladder" }) { id }',
  },
  { as: 'staff', field: 'grantGroup(userId: "$staff", group: ADMIN) { id }' },
  { as: 'manager', field: 'grantGroup(userId: "$manager", group: ADMIN) { id }' },
  { as: 'manager', field: 'revokeGroup(userId: "$admin", group: ADMIN) { id }' },
  { as: 'auditor', field: 'disableUser(id: "$admin") { id }' },
  { as: 'manager', field: 'enableUser(id: "$victim") { id }' },
  { as: 'manager', field: 'deleteUser(id: "$victim")' },
  { as: 'staff', field: 'deleteUser(id: "$staff")' },
  { as: 'manager', field: 'createApiClient(name: "mine", groups: [ADMIN]) { secret }' },
  { as: 'auditor', field: 'rotateApiClientSecret(id: "$client") { secret }' },
  { as: 'manager', field: 'disableApiClient(id: "$client") { id }' },
  { as: 'staff', field: 'createRoom(input: { name: "x", floor: 1, groups: [] }) { id }' },
  { as: 'admin', field: 'deleteRoom(id: "$room")' },
  {
    as: 'staff',
    field: 'resetPassword(userId: "$staff", newPassword: "violet-otter-ladder") { id }',
  },
] as const) {
  attack(`as ${as}: mutation { ${field} }`, bfla, async () => {
    const answer = await server.unchanged(() => ask(as, filled(`mutation { ${field} }`)));
    expect(facts(answer)).toEqual(forbidden());
  });
}

/** All of these are one forbidden thing, written so that a careless check overlooks it. */
const hiding = 'OWASP GraphQL: Access Control; API1:2023';
for (const { what, query, options } of [
  { what: 'an alias of a field that is allowed', query: '{ me: users { edges { cursor } } }' },
  { what: 'a fragment', query: '{ ...F } fragment F on Query { users { edges { cursor } } }' },
  {
    what: 'a fragment that stands first',
    query: 'fragment F on Query { users { edges { cursor } } } query { ...F }',
  },
  {
    what: 'fragments in fragments',
    query:
      '{ ...A } fragment A on Query { ...B } fragment B on Query { ... { ... on Query { users { edges { cursor } } } } }',
  },
  { what: '__typename alone', query: '{ users { __typename } }' },
  {
    what: 'an @include by a variable’s default',
    query: 'query ($on: Boolean = true) { users @include(if: $on) { __typename } }',
  },
  {
    what: 'a @skip by a variable',
    query: 'query ($off: Boolean!) { users @skip(if: $off) { __typename } }',
    options: { variables: { off: false } },
  },
  {
    what: 'a conditional fragment',
    query: 'query ($on: Boolean = true) { ... @include(if: $on) { users { __typename } } }',
  },
  {
    what: 'the second of two operations',
    query: 'query A { me { id } } query B { users { __typename } }',
    options: { operationName: 'B' },
  },
  {
    what: 'many allowed fields around it',
    query: '{ a: me { id } b: me { id } users { __typename } c: me { id } }',
  },
  {
    what: 'the same field twice',
    query: '{ me { id } users { edges { cursor } } users { pageInfo { hasNextPage } } }',
  },
  {
    what: 'an introspection beside it',
    query: '{ __schema { queryType { name } } users { __typename } }',
  },
  { what: 'commas and comments', query: '{,,,#me\n#}\nusers,{,__typename,},}' },
  { what: 'a BOM', query: '\ufeff{ users { __typename } }' },
  {
    what: 'a variable named __proto__',
    query: 'query ($__proto__: Int = 1) { users(first: $__proto__) { __typename } }',
  },
] as { what: string; query: string; options?: AskOptions }[]) {
  attack(`list the users as staff behind ${what}`, hiding, async () => {
    expect(facts(await ask('staff', query, options))).toEqual(forbidden());
  });
}

const massAssignment = 'API3:2023 Broken Object Property Level Authorization';
const createWith = 'username: "grown", password: "violet-otter-ladder"';
for (const { what, query, variables } of [
  {
    what: 'inline',
    query: `mutation { createUser(input: { ${createWith}, groups: [ADMIN] }) { id } }`,
  },
  {
    what: 'as one value for a list',
    query: `mutation { createUser(input: { ${createWith}, groups: ADMIN }) { id } }`,
  },
  {
    what: 'as an empty list',
    query: `mutation { createUser(input: { ${createWith}, groups: [] }) { id } }`,
  },
  {
    what: 'by a variable',
    query: `mutation ($g: [Group!]!) { createUser(input: { ${createWith}, groups: $g }) { id } }`,
    variables: { g: ['ADMIN'] },
  },
  {
    what: 'by a variable in a list',
    query: `mutation ($g: Group!) { createUser(input: { ${createWith}, groups: [$g] }) { id } }`,
    variables: { g: 'ADMIN' },
  },
  {
    what: 'by a variable’s default',
    query: `mutation ($g: [Group!]! = [ADMIN]) { createUser(input: { ${createWith}, groups: $g }) { id } }`,
  },
  {
    what: 'inside a variable',
    query: 'mutation ($i: CreateUserInput!) { createUser(input: $i) { id } }',
    variables: { i: { username: 'grown', password: userPassword, groups: ['ADMIN'] } },
  },
  {
    what: 'inside the default of a variable',
    query: `mutation ($i: CreateUserInput = { ${createWith}, groups: [ADMIN] }) { createUser(input: $i) { id } }`,
  },
  {
    what: 'in a fragment',
    query: `mutation { ...F } fragment F on Mutation { createUser(input: { ${createWith}, groups: [ADMIN] }) { id } }`,
  },
  {
    what: 'under an alias',
    query: `mutation { me: createUser(input: { ${createWith}, groups: [ADMIN] }) { id } }`,
  },
] as { what: string; query: string; variables?: Record<string, unknown> }[]) {
  attack(`create an ADMIN as MANAGER with groups ${what}`, massAssignment, async () => {
    const answer = await server.unchanged(() =>
      ask('manager', query, variables === undefined ? {} : { variables }),
    );
    expect(facts(answer)).toEqual(forbidden());
  });
}

for (const name of ['__proto__', 'constructor', 'toString', 'valueOf', 'hasOwnProperty']) {
  attack(
    `supply groups by a variable named ${name} that was never given`,
    'prototype pollution; CVE-2022-37734',
    async () => {
      const query = `mutation ($${name}: [Group!]) {
      createUser(input: { username: "proto-${name.replaceAll('_', '')}", password: "${userPassword}", groups: $${name} }) { groups } }`;
      const { data } = await ask('manager', query);
      expect(data.createUser.groups).toEqual(['STAFF']);
    },
  );

  attack(
    `fill variables from the default of one named ${name}`,
    'prototype pollution',
    async () => {
      const query = `mutation ($${name}: RoomInput = { name: "x", floor: 1, groups: [ADMIN] }, $groups: [Group!]) {
      createRoom(input: $${name}) { id }
      createUser(input: { username: "filled-${name.replaceAll('_', '')}", password: "${userPassword}", groups: $groups }) { groups } }`;
      const { data } = await ask('manager', query);
      expect(data.createUser.groups).toEqual(['STAFF']);
    },
  );
}

for (const field of [
  'groups: [ADMIN]',
  'id: "$admin"',
  'passwordHash: "x"',
  'disabledAt: null',
  'usernameKey: "admin"',
  'memberships: []',
  'createdAt: "2020-01-01T00:00:00Z"',
]) {
  attack(`write ${field} to an own user`, massAssignment, async () => {
    const query = filled(
      `mutation { updateUser(id: "$staff", input: { displayName: "x", ${field} }) { id } }`,
    );
    const answer = await server.unchanged(() => ask('staff', query));
    expect([answer.status, answer.body.data]).toEqual([400, undefined]);
  });
}

for (const value of ['true', 'false', 'null']) {
  attack(
    `see disabled users as MANAGER with includeDisabled: ${value}`,
    massAssignment,
    async () => {
      expect(
        facts(await ask('manager', `{ users(includeDisabled: ${value}) { __typename } }`)),
      ).toEqual(forbidden());
    },
  );
}

attack('rename an own user to another’s name', massAssignment, async () => {
  const query = filled('mutation { updateUser(id: "$staff", input: { username: "root" }) { id } }');
  expect(facts(await server.unchanged(() => ask('staff', query)))).toEqual(forbidden());
});

attack('do half of a mutation whose other half is refused', 'API5:2023', async () => {
  const query = filled(
    `mutation { createUser(input: { ${createWith} }) { id } grantGroup(userId: "$manager", group: ADMIN) { id } }`,
  );
  expect(facts(await server.unchanged(() => ask('manager', query)))).toEqual(forbidden());
});

attack(
  'go on in one mutation after giving up the group that it needs',
  'ASVS 5 8.3.2: TOCTOU',
  async () => {
    const second = await server.aUser('ADMIN');
    const query = `mutation { revokeGroup(userId: "${second.id}", group: ADMIN) { id } createApiClient(name: "late", groups: [ADMIN]) { secret } }`;
    const answer = await server.ask(query, { token: second.accessToken });
    expect(answer.text).not.toContain('gatehouse_');
    expect(answer.errors[0].extensions).toMatchObject({ code: 'FORBIDDEN' });
  },
);

attack('go on in one mutation after a logout', 'ASVS 5 7.4.1', async () => {
  const user = await server.aUser('MANAGER');
  const query =
    'mutation { logout createRoom(input: { name: "late", floor: 1, groups: [] }) { id } }';
  const answer = await server.ask(query, { token: user.accessToken });
  expect(answer.errors[0].extensions).toMatchObject({ code: 'UNAUTHENTICATED' });
  expect(await server.rooms.room.count({ where: { name: 'late' } })).toBe(0);
});

attack('race a revocation with many mutations', 'ASVS 5 2.3.4: race', async () => {
  const user = await server.aUser('MANAGER');
  const create = 'mutation { createRoom(input: { name: "raced", floor: 1, groups: [] }) { id } }';
  const revoke = `mutation { revokeGroup(userId: "${user.id}", group: MANAGER) { id } }`;
  const racing = Array.from({ length: 6 }, () => server.ask(create, { token: user.accessToken }));
  const revoked = ask('admin', revoke);
  const answers = await Promise.all(racing);
  await revoked;
  const done = answers.filter(({ status }) => status === 200).length;
  expect(answers.filter(({ status }) => status !== 200 && status !== 403)).toEqual([]);
  expect(await server.rooms.room.count({ where: { name: 'raced' } })).toBe(done);
  expect(facts(await server.ask(create, { token: user.accessToken }))).toEqual(forbidden());
});

attack('read what is refused by the preference for lenient handling', 'RFC 7240', async () => {
  const query = filled('{ me { id } room(id: "$room") { name accessCode } }');
  const { status, data } = await ask('staff', query, { headers: { prefer: 'handling=lenient' } });
  expect([status, data.room]).toEqual([200, { name: 'vault', accessCode: null }]);
});

attack('write what is refused by the preference for lenient handling', 'RFC 7240', async () => {
  const query = `mutation { createUser(input: { ${createWith} }) { id } }`;
  const answer = await server.unchanged(() =>
    ask('staff', query, { headers: { prefer: 'handling=lenient' } }),
  );
  expect(facts(answer)).toEqual(forbidden());
});

for (const prefer of ['handling=lenient', 'return=minimal, handling="lenient"']) {
  attack(`do the allowed half of a mutation by "Prefer: ${prefer}"`, 'RFC 7240', async () => {
    const query = filled(`mutation {
      updateUser(id: "$staff", input: { displayName: "half" }) { id } createUser(input: { ${createWith} }) { id } }`);
    const answer = await server.unchanged(() => ask('staff', query, { headers: { prefer } }));
    expect(facts(answer)).toEqual(forbidden());
    expect(answer.headers.get('preference-applied')).toBeNull();
  });
}

for (const beside of [{ extensions: { prefer: 'handling=lenient' } }, { isLenient: true }]) {
  const what = JSON.stringify(beside);
  attack(`read what is refused by ${what} beside the query`, 'RFC 7240', async () => {
    const response = await fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${server.staff.accessToken}`,
      },
      body: JSON.stringify({ query: '{ me { id } users { __typename } }', ...beside }),
    });
    const { data, errors } = await response.json();
    expect([response.status, data, errors[0].extensions.reason]).toEqual([
      403,
      undefined,
      'GROUP_REQUIRED',
    ]);
  });
}

for (const [name, value] of [
  ['x-authorization', 'report'],
  ['authorization-mode', 'report'],
  ['x-original-url', '/graphql?query={__typename}'],
  ['x-http-method-override', 'GET'],
  ['x-apollo-operation-name', 'IntrospectionQuery'],
] as const) {
  attack(`switch the guards off by the header "${name}"`, 'API8:2023', async () => {
    expect(
      facts(await ask('staff', '{ users { __typename } }', { headers: { [name]: value } })),
    ).toEqual(forbidden());
  });
}

attack(
  'switch the guards off by the name of an operation',
  'OWASP GraphQL: Introspection',
  async () => {
    const query = 'query IntrospectionQuery { users { __typename } }';
    expect(facts(await ask('staff', query, { operationName: 'IntrospectionQuery' }))).toEqual(
      forbidden(),
    );
  },
);

attack(
  'inherit the decision that was made for an ADMIN about the same text',
  'Apollo: cached documents',
  async () => {
    const query = '{ users(first: 1) { edges { node { id email } } } }';
    expect((await ask('admin', query)).status).toBe(200);
    expect(facts(await ask('manager', query))).toMatchObject({ status: 403 });
    expect(facts(await server.ask(query))).toEqual(unauthenticated('TOKEN_MISSING'));
  },
);

for (const query of [
  'subscription { auditEventAdded { id } }',
  'subscription { roomEntered { id } }',
  'query { users { __typename } }',
  `mutation { createUser(input: { ${createWith} }) { id } }`,
]) {
  attack(`over a socket as staff: ${query}`, 'CVE-2021-41248; API5:2023', async () => {
    const socket = openTestSocket(server.url, { token: server.staff.accessToken });
    const ended = await server.unchanged(() => socket.subscribe(query).ended);
    await socket.close();
    expect(JSON.stringify(ended)).toMatch(/"code":"FORBIDDEN"/);
    expect(JSON.stringify(ended)).not.toContain('"data"');
  });
}

attack('become another in the middle of a socket', 'ASVS 5 4.4', async () => {
  const socket = openTestSocket(server.url, { token: server.staff.accessToken });
  const sent = socket.subscribe('{ users { __typename } }', {
    authorization: `Bearer ${server.admin.accessToken}`,
  });
  expect(await sent.ended).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
  await socket.close();
});

for (const { what, query } of [
  {
    what: 'the type of the audit log',
    query: '{ __type(name: "AuditEvent") { name fields { name } } }',
  },
  { what: 'the type of secrets', query: '{ __type(name: "ApiClientCredentials") { name } }' },
  {
    what: 'an input type',
    query: '{ __type(name: "CreateUserInput") { name inputFields { name } } }',
  },
  {
    what: 'a type under an alias',
    query: '{ __typename a: __type(name: "AuditEvent") { ofType { name } name } }',
  },
]) {
  attack(`introspect ${what} as staff`, 'graphql-cop: Introspection; OWASP GraphQL', async () => {
    const { data } = await ask('staff', query);
    expect('a' in data ? data.a : data.__type).toBeNull();
  });
}

attack(
  'introspect deprecated and guarded fields without a token',
  'graphql-cop: Introspection',
  async () => {
    const { text } = await server.ask(
      '{ __schema { types { name fields(includeDeprecated: true) { name args(includeDeprecated: true) { name } } } } }',
    );
    for (const hidden of [
      'AuditEvent',
      'createApiClient',
      'accessCode',
      'includeDisabled',
      'sessions',
    ]) {
      expect(text).not.toContain(hidden);
    }
  },
);

for (const { what, name, queryOf, seenBy } of [
  {
    what: 'introspection',
    name: 'AuditEvent',
    queryOf: (type: string) => `{ __type(name: "${type}") { name } }`,
    seenBy: 'auditor',
  },
  {
    what: 'a type condition',
    name: 'AuditEvent',
    queryOf: (type: string) => `{ ... on ${type} { id } }`,
    seenBy: 'auditor',
  },
  {
    what: 'a type condition below the root',
    name: 'AuditEvent',
    queryOf: (type: string) => `{ viewer { principal { ... on ${type} { id } } } }`,
    seenBy: 'auditor',
  },
  {
    what: 'a fragment',
    name: 'ApiClientCredentials',
    queryOf: (type: string) => `{ ...F } fragment F on ${type} { secret }`,
    seenBy: 'admin',
  },
  {
    what: 'the type of a variable',
    name: 'CreateUserInput',
    queryOf: (type: string) => `query ($a: ${type}) { serverInfo { name } }`,
    seenBy: 'admin',
  },
] as const) {
  attack(`tell a hidden type from one that is not there by ${what}`, 'clairvoyance', async () => {
    const unknown = `${name.slice(0, -1)}x`;
    const toldOf = async (type: string, token: { readonly token?: string }) => {
      const { status, text } = await server.ask(queryOf(type), token);
      return { status, text: text.replaceAll(type, name) };
    };
    for (const token of [{}, { token: server.staff.accessToken }]) {
      expect(await toldOf(name, token)).toEqual(await toldOf(unknown, token));
    }
    // A viewer who may see it gets another answer: the row exists.
    const token = { token: server[seenBy].accessToken };
    expect(await toldOf(name, token)).not.toEqual(await toldOf(unknown, token));
  });
}

for (const { query, named } of [
  { query: '{ users @public { __typename } }', named: 'public' },
  { query: 'query @public { users { __typename } }', named: 'public' },
  { query: '{ ... @public { users { __typename } } }', named: 'public' },
  { query: '{ users @auth(requires: [STAFF]) { __typename } }', named: 'auth' },
  { query: 'query @auth(requires: [STAFF]) { users { __typename } }', named: 'auth' },
  {
    query: `mutation { createUser(input: { ${createWith} }) @public { id } }`,
    named: 'public',
  },
  { query: '{ me { id } ... @defer { users { __typename } } }', named: 'defer' },
  { query: '{ ... @defer(if: false) { users { __typename } } }', named: 'defer' },
  { query: '{ me { id memberships @stream { grantedBy { email } } } }', named: 'stream' },
  {
    query: `mutation { ... @defer { createUser(input: { ${createWith} }) { id } } }`,
    named: 'defer',
  },
]) {
  attack(`loosen the guards by a directive: ${query}`, hiding, async () => {
    for (const accept of ['application/json', 'multipart/mixed;deferSpec=20220824, */*;q=0.1']) {
      const answer = await server.unchanged(() => ask('staff', query, { headers: { accept } }));
      expect(facts(answer)).toEqual({ status: 400, code: 'GRAPHQL_VALIDATION_FAILED' });
      const messages = answer.errors.map(({ message }) => message);
      expect(messages).toContain(`Unknown directive "@${named}".`);
    }
  });
}

for (const query of [
  '{ user { id } }',
  '{ usrs { id } }',
  '{ me { passwordHsh } }',
  'mutation { creatUser { id } }',
  '{ rooms(frst: 1) { edges { cursor } } }',
  '{ me { id } ... on Quer { me { id } } }',
]) {
  attack(
    `learn names from suggestions: ${query}`,
    'graphql-cop: Field Suggestions; clairvoyance',
    async () => {
      const { status, text } = await server.ask(query);
      expect(status).toBe(400);
      expect(text).not.toMatch(/did you mean/i);
    },
  );
}

for (const { what, query } of [
  { what: 'a user by the id of a room', query: '{ user(id: "$room") { id } }' },
  { what: 'a user by the id of a program', query: '{ user(id: "$client") { id } }' },
  { what: 'a room by the id of a user', query: '{ room(id: "$victim") { name } }' },
  { what: 'a principal by the id of a room', query: '{ principal(id: "$room") { id } }' },
]) {
  attack(`read ${what}`, 'API1:2023: type confusion', async () => {
    const { status, data } = await ask('admin', filled(query));
    expect([status, Object.values(data)]).toEqual([200, [null]]);
  });
}

for (const { what, query } of [
  { what: 'log out', query: 'mutation { logout }' },
  { what: 'log out of all', query: 'mutation { logoutEverywhere }' },
  { what: 'read another user', query: '{ user(id: "$victim") { id } }' },
  { what: 'pass for a user of the same id', query: '{ user(id: "$client") { id } }' },
  {
    what: 'change a user',
    query: 'mutation { updateUser(id: "$victim", input: { displayName: "x" }) { id } }',
  },
  { what: 'enter a room', query: 'mutation { enterRoom(id: "$room") { id } }' },
  { what: 'see other programs', query: '{ apiClients { id } }' },
  {
    what: 'make itself another secret',
    query: 'mutation { rotateApiClientSecret(id: "$client") { secret } }',
  },
]) {
  attack(`as a program of STAFF: ${what}`, 'API2:2023; API5:2023', async () => {
    const answer = await server.unchanged(() => server.ask(filled(query), { token: secret }));
    expect(facts(answer)).toMatchObject({ status: 403, code: 'FORBIDDEN' });
  });
}

for (const { what, run } of [
  { what: 'revoke', run: 'revokeGroup(userId: "$admin", group: ADMIN) { id }' },
  { what: 'disable', run: 'disableUser(id: "$admin") { id }' },
  { what: 'delete', run: 'deleteUser(id: "$admin")' },
  {
    what: 'limit',
    run: 'grantGroup(userId: "$admin", group: ADMIN, expiresAt: "2099-01-01T00:00:00Z") { id }',
  },
]) {
  attack(`lock everyone out: ${what} the last ADMIN`, 'ASVS 5 8', async () => {
    const answer = await server.unchanged(() => ask('admin', filled(`mutation { ${run} }`)));
    expect([answer.status, answer.code, answer.reason]).toEqual([409, 'CONFLICT', 'LAST_ADMIN']);
  });
}

attack('tell by the answer whether another’s session exists, or has existed', bola, async () => {
  const { id } = await server.connection.database.session.findFirstOrThrow({
    where: { userId: server.victim.id },
  });
  const gone = await server.aUser('STAFF');
  await server.ask('mutation { logout }', { token: gone.accessToken });
  const { id: ended } = await server.connection.database.session.findFirstOrThrow({
    where: { userId: gone.id },
  });
  const ids = [id, ended, '01900000-0000-7000-8000-000000000000', 'no-id', ''];
  const texts = new Set<string>();
  for (const each of ids) {
    const query = 'mutation ($id: ID!) { endSession(id: $id) }';
    const answer = await server.unchanged(() => ask('staff', query, { variables: { id: each } }));
    expect(facts(answer)).toEqual(forbidden('POLICY_DENIED'));
    texts.add(answer.text);
  }
  expect(texts.size).toBe(1);
});

attack(
  'find a secret in the answers and the log after all of this',
  'ASVS 5 16.2.5, 16.5.1',
  async () => {
    expectNothingTold(server, [adminPassword, userPassword, secret, 'code-of-the-vault']);
  },
);
