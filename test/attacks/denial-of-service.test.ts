import { afterAll, beforeAll, expect } from 'vitest';
import {
  type AttackedServer,
  attack,
  expectNothingTold,
  startAttackedServer,
} from '../support/attacked-server.ts';
import { adminPassword, userPassword } from '../support/test-server.ts';
import { openTestSocket } from '../support/test-socket.ts';

let server: AttackedServer;
beforeAll(async () => {
  server = await startAttackedServer();
});
afterAll(() => server.stop());

const repeat = (count: number, make: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => make(index)).join(' ');
const nested = (depth: number) =>
  `${'{ rooms { edges { node '.repeat(depth)}{ id }${' } } }'.repeat(depth)}`;
/** Fragments of which each selects the one before twice: 2 to the power of `count` selections. */
const doubling = (count: number) =>
  `${repeat(count, (n) => `fragment F${n + 1} on Query { ...F${n} ...F${n} }`)} fragment F0 on Query { me { id } } { ...F${count} }`;

const graphqlCop = 'graphql-cop; OWASP GraphQL: DoS';
for (const { what, source = graphqlCop, query } of [
  { what: 'a thousand aliases', query: `{ ${repeat(1000, (n) => `a${n}: __typename`)} }` },
  { what: 'sixteen aliases of a field', query: `{ ${repeat(16, (n) => `a${n}: me { id }`)} }` },
  {
    what: 'aliases in a fragment that is used often',
    query: `{ ${repeat(9, () => '...F')} } fragment F on Query { a: __typename b: __typename }`,
  },
  { what: 'the same field 500 times', query: `{ ${repeat(500, () => '__typename')} }` },
  {
    what: 'eleven root fields',
    query: `{ ${repeat(11, (n) => `${n === 0 ? '' : `a${n}: `}serverInfo { name }`)} }`,
  },
  {
    what: 'fields inside one another',
    query: `{ me { memberships { grantedBy ${'{ memberships { grantedBy '.repeat(8)}{ id }${' } }'.repeat(8)} } } }`,
  },
  {
    what: 'fields inside one another by fragments',
    query: `{ me { ...A } } ${repeat(9, (n) => `fragment ${'ABCDEFGHI'[n]} on User { memberships { grantedBy { ...${'BCDEFGHIJ'[n]} } } }`)} fragment J on User { id }`,
  },
  {
    what: 'fragments that select each other',
    source: 'CVE-2022-30288; graphql-java: fragment cycles',
    query: '{ me { ...A } } fragment A on User { ...B } fragment B on User { ...A }',
  },
  {
    what: 'a fragment that selects itself',
    source: 'CVE-2022-30288',
    query: '{ me { ...A } } fragment A on User { id ...A }',
  },
  {
    what: 'fragments that double sixty times',
    source: 'GHSA: exponential fragments',
    query: doubling(60),
  },
  {
    what: 'fragments that double ten times',
    source: 'GHSA: exponential fragments',
    query: doubling(10),
  },
  {
    what: 'a hundred directives at one field',
    query: `{ me { id ${repeat(100, () => '@include(if: true)')} } }`,
  },
  { what: 'a hundred unknown directives', query: `{ me { id ${repeat(100, (n) => `@x${n}`)} } }` },
  { what: 'directives all over', query: `{ me { ${repeat(60, () => 'id @skip(if: false)')} } }` },
  {
    what: 'a circle of introspection',
    query: `{ __schema { types { fields { type ${'{ fields { type '.repeat(6)}{ name }${' } }'.repeat(6)} } } } }`,
  },
  {
    what: 'types of types',
    query: `{ __schema { types ${'{ ofType '.repeat(20)}{ name }${' }'.repeat(20)} } }`,
  },
  { what: '5,000 tokens', query: `{ ${repeat(5000, () => 'x')} }` },
  {
    what: 'brackets without an end',
    source: 'CVE-2023-26144; parser recursion',
    query: '{'.repeat(5000),
  },
  {
    what: 'lists inside one another',
    source: 'parser recursion',
    query: `{ rooms(first: ${'['.repeat(400)}1${']'.repeat(400)}) { __typename } }`,
  },
  {
    what: 'objects inside one another',
    source: 'parser recursion',
    query: `{ rooms(first: ${'{a:'.repeat(300)}1${'}'.repeat(300)}) { __typename } }`,
  },
  {
    what: 'types inside one another',
    source: 'parser recursion',
    query: `query ($a: ${'['.repeat(450)}Int${']'.repeat(450)}) { me { id } }`,
  },
  {
    what: 'a hundred variables',
    query: `query (${repeat(100, (n) => `$v${n}: Int`)}) { rooms(first: $v0) { __typename } }`,
  },
  {
    what: 'many conflicts of fields',
    source: 'CVE-2023-26144: OverlappingFieldsCanBeMerged',
    query: `{ ${repeat(60, (n) => `a: rooms(first: ${n + 1}) { edges { cursor } }`)} }`,
  },
  {
    what: 'a mistake 300 times',
    source: 'OWASP GraphQL: Excessive Errors',
    query: `{ ${repeat(300, (n) => `x${n}`)} }`,
  },
  {
    what: 'many operations in one document',
    query: repeat(200, (n) => `query Q${n} { me { id } }`),
  },
  {
    what: 'a page of pages',
    source: 'API4:2023',
    query:
      '{ rooms(first: 100) { edges { node { entries(first: 100) { edges { node { user { memberships { group } } } } } } } } }',
  },
  {
    what: 'a block string of many lines',
    query: `{ users(search: """${'a\\n'.repeat(15_000)}""") { __typename } }`,
  },
] as { what: string; source?: string; query: string }[]) {
  attack(`ask for ${what}`, source, async () => {
    const { accessToken: token } = server.manager;
    const answer = await server.unchanged(() => server.ask(query, { token }));
    expect([answer.status, answer.body.data ?? null]).toEqual([400, null]);
    expect(answer.errors.length).toBeLessThanOrEqual(20);
    expect(answer.text.length).toBeLessThan(20_000);
  });
}

attack('hide the cost of a page in a variable', 'API4:2023', async () => {
  const query =
    'query ($n: Int) { rooms(first: $n) { edges { node { entries(first: $n) { edges { node { user { memberships { group } } } } } } } } }';
  const { accessToken: token } = server.manager;
  const answer = await server.ask(query, { token, variables: { n: 100 } });
  expect([answer.status, answer.body.data]).toEqual([400, undefined]);
});

attack('hide the cost of a page in the default of a variable', 'API4:2023', async () => {
  const query =
    'query ($n: Int = 100) { rooms(first: $n) { edges { node { entries(first: $n) { edges { node { user { memberships { group } } } } } } } } }';
  const answer = await server.ask(query, { token: server.manager.accessToken });
  expect([answer.status, answer.body.data]).toEqual([400, undefined]);
});

const post = (body: string) =>
  fetch(`${server.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  });

for (const { what, variables } of [
  { what: 'lists 45,000 deep', variables: `{"a":${'['.repeat(45_000)}${']'.repeat(45_000)}}` },
  {
    what: 'objects 15,000 deep',
    variables: `{"a":${'{"a":'.repeat(15_000)}1${'}'.repeat(15_000)}}`,
  },
  { what: 'a list of 40,000 values', variables: `{"a":[${'1,'.repeat(40_000)}1]}` },
  {
    what: 'a thousand variables',
    variables: `{${Array.from({ length: 1000 }, (_, n) => `"v${n}":1`).join(',')}}`,
  },
]) {
  attack(`send variables of ${what}`, 'API4:2023; JSON bombs', async () => {
    const response = await post(`{"query":"{ serverInfo { name } }","variables":${variables}}`);
    expect([response.status, (await response.json()).data]).toEqual([400, undefined]);
  });
}

for (const { what, extensions } of [
  {
    what: 'a persisted query',
    extensions: { persistedQuery: { version: 1, sha256Hash: 'a'.repeat(64) } },
  },
  { what: 'tracing', extensions: { tracing: true } },
]) {
  attack(
    `have the server keep or do more by ${what}`,
    'Apollo: automatic persisted queries',
    async () => {
      const response = await post(JSON.stringify({ query: '{ serverInfo { name } }', extensions }));
      const { extensions: told, data } = await response.json();
      expect([told, Object.keys(data ?? {}).length]).toEqual([
        undefined,
        what === 'tracing' ? 1 : 0,
      ]);
    },
  );
}

attack(
  'have 60,000 wrong items of a list told one by one',
  'CVE-2023-28867; GHSA-9pv7-vfvm-6vr7: coercion errors',
  async () => {
    const query = 'mutation ($g: [Group!]!) { createApiClient(name: "x", groups: $g) { secret } }';
    const variables = { g: Array.from({ length: 900 }, () => 'X') };
    const answer = await server.ask(query, { token: server.admin.accessToken, variables });
    expect(answer.status).toBe(400);
    expect(answer.text.length).toBeLessThan(20_000);
  },
);

attack('fill a refusal with the data that it refuses', 'amplification', async () => {
  const fields = repeat(15, (n) => `a${n}: email`);
  const query = `{ users(first: 100) { edges { node { ${fields} } } } }`;
  const answer = await server.ask(query, { token: server.manager.accessToken });
  expect(answer.errors.length).toBeLessThanOrEqual(20);
});

for (const { what, headers } of [
  { what: 'Prefer', headers: { prefer: `${'"\\'.repeat(3000)}` } },
  { what: 'Accept', headers: { accept: 'a/b;q=0.1,'.repeat(800) } },
  { what: 'User-Agent', headers: { 'user-agent': `${' '.repeat(6000)}x` } },
  { what: 'Authorization', headers: { authorization: `Bearer ${'='.repeat(6000)}x` } },
]) {
  attack(`keep a pattern busy by the header ${what}`, 'ASVS 5 1.3.12: ReDoS', async () => {
    const answer = await server.ask('{ serverInfo { name } }', { headers });
    expect([200, 406]).toContain(answer.status);
  });
}

for (const value of [
  `${'a@'.repeat(12_000)}`,
  ' '.repeat(25_000),
  'ﷺ'.repeat(9_000),
  `${'\u0301'.repeat(12_000)}`,
]) {
  attack(
    `keep a pattern busy by 25,000 bytes of ${JSON.stringify(value.slice(0, 2))}`,
    'ASVS 5 1.3.12: ReDoS; UAX 15',
    async () => {
      const variables = { input: { username: value, password: value, email: value } };
      const answer = await server.unchanged(() =>
        server.ask('mutation ($input: CreateUserInput!) { createUser(input: $input) { id } }', {
          token: server.admin.accessToken,
          variables,
        }),
      );
      expect([answer.status, answer.code]).toEqual([400, 'BAD_USER_INPUT']);
      expect(answer.text.length).toBeLessThan(2_000);
    },
  );
}

attack('get round the limits over a socket', 'CVE-2023-38490; graphql-ws', async () => {
  const socket = openTestSocket(server.url, { token: server.manager.accessToken });
  const queries = [doubling(20), `{ ${repeat(16, (n) => `a${n}: me { id }`)} }`, nested(5)];
  for (const query of queries) {
    expect(JSON.stringify(await socket.subscribe(query).ended)).not.toContain('"data"');
  }
  await socket.close();
});

attack('get round the limits by GET', graphqlCop, async () => {
  const query = encodeURIComponent(`{ ${repeat(16, (n) => `a${n}: __typename`)} }`);
  const headers = { 'apollo-require-preflight': '1' };
  expect((await fetch(`${server.url}/graphql?query=${query}`, { headers })).status).toBe(400);
});

attack('get round the limits by the preference for lenient handling', 'RFC 7240', async () => {
  const query = `{ ${repeat(16, (n) => `a${n}: me { id }`)} }`;
  const answer = await server.ask(query, { headers: { prefer: 'handling=lenient' } });
  expect([answer.status, answer.body.data]).toEqual([400, undefined]);
});

attack('find after all of this what must not be told', 'ASVS 5 16.2.5, 16.5.1', async () => {
  expect((await server.ask('{ serverInfo { name } }')).status).toBe(200);
  expectNothingTold(server, [adminPassword, userPassword]);
});
