import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect } from 'vitest';
import {
  type AttackedServer,
  attack,
  badInput,
  expectNothingTold,
  facts,
  forbidden,
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
  `{ me ${'{ memberships { grantedBy '.repeat(depth)}{ id }${' } }'.repeat(depth)} }`;
const pages =
  '{ rooms(first: 100) { edges { node { entries(first: 100) { edges { node { user { memberships { group } } } } } } } } }';
/** Fragments of which each selects the one before twice: 2 to the power of `count` selections. */
const doubling = (count: number) =>
  `${repeat(count, (n) => `fragment F${n + 1} on Query { ...F${n} ...F${n} }`)} fragment F0 on Query { me { id } } { ...F${count} }`;

/** Ten errors, and one that there are more. */
const maxErrors = 11;
/** What an error says was too much, or else its code. */
const limitOf = ({ extensions }: { extensions: { code: string; reason?: string } }) =>
  extensions.reason ?? extensions.code;

const graphqlCop = 'graphql-cop; OWASP GraphQL: DoS';
for (const { what, by = 'GRAPHQL_VALIDATION_FAILED', source = graphqlCop, query } of [
  {
    what: 'a thousand aliases',
    by: 'TOKENS',
    query: `{ ${repeat(1000, (n) => `a${n}: __typename`)} }`,
  },
  {
    what: 'sixteen aliases of a field',
    by: 'ALIASES',
    query: `{ ${repeat(16, (n) => `a${n}: me { id }`)} }`,
  },
  {
    what: 'aliases in a fragment that is used often',
    by: 'ALIASES',
    query: `{ ${repeat(9, () => '...F')} } fragment F on Query { a: __typename b: __typename }`,
  },
  {
    what: 'the same field 500 times',
    by: 'ROOT_FIELDS',
    query: `{ ${repeat(500, () => '__typename')} }`,
  },
  {
    what: 'eleven root fields',
    by: 'ROOT_FIELDS',
    query: `{ ${repeat(11, (n) => `${n === 0 ? '' : `a${n}: `}serverInfo { name }`)} }`,
  },
  {
    what: 'fields inside one another',
    by: 'DEPTH',
    query: nested(9),
  },
  {
    what: 'fields inside one another by fragments',
    by: 'DEPTH',
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
    by: 'SELECTIONS',
    source: 'GHSA: exponential fragments',
    query: doubling(60),
  },
  {
    what: 'fragments that double ten times',
    by: 'SELECTIONS',
    source: 'GHSA: exponential fragments',
    query: doubling(10),
  },
  {
    what: 'a hundred directives at one field',
    query: `{ me { id ${repeat(100, () => '@include(if: true)')} } }`,
  },
  { what: 'a hundred unknown directives', query: `{ me { id ${repeat(100, (n) => `@x${n}`)} } }` },
  {
    what: 'directives all over',
    by: 'DIRECTIVES',
    query: `{ me { ${repeat(60, () => 'id @skip(if: false)')} } }`,
  },
  {
    what: 'a circle of introspection',
    query: `{ __schema { types { fields { type ${'{ fields { type '.repeat(6)}{ name }${' } }'.repeat(6)} } } } }`,
  },
  {
    what: 'types of types',
    by: 'INTROSPECTION_DEPTH',
    query: `{ __schema { types ${'{ ofType '.repeat(20)}{ name }${' }'.repeat(20)} } }`,
  },
  { what: '5,000 tokens', by: 'TOKENS', query: `{ ${repeat(5000, () => 'x')} }` },
  {
    what: 'brackets without an end',
    by: 'GRAPHQL_PARSE_FAILED',
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
    by: 'TOKENS',
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
    by: 'TOKENS',
    query: repeat(200, (n) => `query Q${n} { me { id } }`),
  },
  {
    what: 'a page of pages',
    by: 'COST',
    source: 'API4:2023',
    query: pages,
  },
  {
    what: 'a block string of many lines',
    by: 'BAD_USER_INPUT',
    query: `{ users(search: """${'a\\n'.repeat(15_000)}""") { __typename } }`,
  },
] as { what: string; by?: string; source?: string; query: string }[]) {
  attack(`ask for ${what}`, source, async () => {
    const { accessToken: token } = server.manager;
    const answer = await server.unchanged(() => server.ask(query, { token }));
    expect([answer.status, answer.body.data ?? null]).toEqual([400, null]);
    expect(new Set(answer.errors.map(limitOf))).toEqual(new Set([by]));
    expect(answer.errors.length).toBeLessThanOrEqual(maxErrors);
    expect(answer.text.length).toBeLessThan(4_000);
  });
}

attack('hide the cost of a page in a variable', 'API4:2023', async () => {
  const query =
    'query ($n: Int) { rooms(first: $n) { edges { node { entries(first: $n) { edges { node { user { memberships { group } } } } } } } } }';
  const { accessToken: token } = server.manager;
  const answer = await server.ask(query, { token, variables: { n: 100 } });
  expect([answer.status, answer.body.data, answer.reason]).toEqual([400, undefined, 'COST']);
});

attack('hide the cost of a page in the default of a variable', 'API4:2023', async () => {
  const query =
    'query ($n: Int = 100) { rooms(first: $n) { edges { node { entries(first: $n) { edges { node { user { memberships { group } } } } } } } } }';
  const answer = await server.ask(query, { token: server.manager.accessToken });
  expect([answer.status, answer.body.data, answer.reason]).toEqual([400, undefined, 'COST']);
});

const post = (body: string) =>
  fetch(`${server.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  });

for (const { what, by = 'VARIABLE_VALUES', variables } of [
  { what: 'lists 45,000 deep', variables: `{"a":${'['.repeat(45_000)}${']'.repeat(45_000)}}` },
  {
    what: 'objects 15,000 deep',
    variables: `{"a":${'{"a":'.repeat(15_000)}1${'}'.repeat(15_000)}}`,
  },
  { what: 'a list of 40,000 values', variables: `{"a":[${'1,'.repeat(40_000)}1]}` },
  {
    what: 'a thousand variables',
    by: 'VARIABLES',
    variables: `{${Array.from({ length: 1000 }, (_, n) => `"v${n}":1`).join(',')}}`,
  },
]) {
  attack(`send variables of ${what}`, 'API4:2023; JSON bombs', async () => {
    const response = await post(`{"query":"{ serverInfo { name } }","variables":${variables}}`);
    const { data, errors } = await response.json();
    expect([response.status, data, errors.map(limitOf)]).toEqual([400, undefined, [by]]);
  });
}

attack('have the server keep an operation', 'Apollo: automatic persisted queries', async () => {
  const query = '{ serverInfo { name } }';
  const sha256Hash = createHash('sha256').update(query).digest('hex');
  const extensions = { persistedQuery: { version: 1, sha256Hash } };
  for (const asked of [{ query, extensions }, { extensions }]) {
    const { data, errors } = await (await post(JSON.stringify(asked))).json();
    expect([data, errors.map(limitOf)]).toEqual([undefined, ['PERSISTED_QUERY_NOT_SUPPORTED']]);
  }
});

attack('have the server tell how long each field took', 'Apollo: tracing', async () => {
  const query = '{ serverInfo { name } }';
  const response = await post(JSON.stringify({ query, extensions: { tracing: true } }));
  expect(await response.json()).toEqual({ data: { serverInfo: { name: 'Gatehouse' } } });
});

attack(
  'have 900 wrong items of a list reported one by one',
  'CVE-2023-28867; GHSA-9pv7-vfvm-6vr7: coercion errors',
  async () => {
    const query = 'mutation ($g: [Group!]!) { createApiClient(name: "x", groups: $g) { secret } }';
    const variables = { g: Array.from({ length: 900 }, () => 'X') };
    const answer = await server.unchanged(() =>
      server.ask(query, { token: server.admin.accessToken, variables }),
    );
    expect([answer.status, answer.code]).toEqual([400, 'BAD_USER_INPUT']);
    expect(answer.errors).toHaveLength(maxErrors);
    expect(answer.text.length).toBeLessThan(2_500);
  },
);

attack('fill a refusal with the data that it refuses', 'amplification', async () => {
  const fields = repeat(15, (n) => `a${n}: email`);
  const query = `{ users(first: 100) { edges { node { ${fields} } } } }`;
  const answer = await server.ask(query, { token: server.manager.accessToken });
  expect(facts(answer)).toEqual(forbidden('POLICY_DENIED'));
  expect(answer.errors).toHaveLength(20); // of 60: of 15 fields of four users
});

/** Some forty times what a request takes; a pattern that goes back and forth takes seconds. */
const busyMs = 1_000;
/**
 * Whether a run takes little computing, so that what else runs on the machine is no matter. The process may collect
 * garbage meanwhile, so the best of three counts.
 */
async function isQuick(run: () => Promise<unknown>): Promise<boolean> {
  for (let tries = 0; tries < 3; tries += 1) {
    const before = process.cpuUsage();
    await run();
    const { user, system } = process.cpuUsage(before);
    if ((user + system) / 1000 < busyMs) return true;
  }
  return false;
}

for (const { what, status = 200, headers } of [
  { what: 'Prefer', headers: { prefer: `${'"\\'.repeat(3000)}` } },
  { what: 'Accept', status: 406, headers: { accept: 'a/b;q=0.1,'.repeat(800) } },
  { what: 'User-Agent', headers: { 'user-agent': `${' '.repeat(6000)}x` } },
  { what: 'Authorization', headers: { authorization: `Bearer ${'='.repeat(6000)}x` } },
  { what: 'Authorization', headers: { authorization: `Bearer${' '.repeat(6000)}x` } },
]) {
  const [value = ''] = Object.values(headers);
  const bytes = JSON.stringify(value.slice(0, 10));
  attack(`keep a pattern busy by ${bytes} in the header ${what}`, 'ASVS 5 1.3.12', async () => {
    const isDone = await isQuick(async () => {
      expect((await server.ask('{ serverInfo { name } }', { headers })).status).toBe(status);
    });
    expect(isDone).toBe(true);
  });
}

for (const value of [
  `${'a@'.repeat(12_000)}`,
  ' '.repeat(25_000),
  'ﷺ'.repeat(9_000),
  `${'\u0301'.repeat(12_000)}`,
]) {
  // One by one: what is refused first would keep the others from being looked at.
  for (const field of ['username', 'password', 'email', 'displayName']) {
    const start = JSON.stringify(value.slice(0, 2));
    attack(
      `keep a pattern busy by 25,000 bytes of ${start} for a ${field}`,
      'ASVS 5 1.3.12: ReDoS; UAX 15',
      async () => {
        const input = { username: 'busy', password: userPassword, [field]: value };
        const isDone = await isQuick(async () => {
          const answer = await server.unchanged(() =>
            server.ask('mutation ($input: CreateUserInput!) { createUser(input: $input) { id } }', {
              token: server.admin.accessToken,
              variables: { input },
            }),
          );
          const { argument } = answer.errors[0].extensions;
          expect([facts(answer), argument]).toEqual([badInput, `input.${field}`]);
          expect(answer.text.length).toBeLessThan(500);
        });
        expect(isDone).toBe(true);
      },
    );
  }
}

for (const { by, query } of [
  { by: 'SELECTIONS', query: doubling(20) },
  { by: 'ALIASES', query: `{ ${repeat(16, (n) => `a${n}: me { id }`)} }` },
  { by: 'DEPTH', query: nested(5) },
  { by: 'COST', query: pages },
  { by: 'TOKENS', query: `{ ${repeat(1000, () => 'x')} }` },
]) {
  attack(`get round the limit of ${by} over a socket`, 'CVE-2023-38490; graphql-ws', async () => {
    const socket = openTestSocket(server.url, { token: server.manager.accessToken });
    const { ended, results } = socket.subscribe(query);
    expect(await ended).toMatchObject([
      { extensions: { code: 'OPERATION_TOO_LARGE', reason: by } },
    ]);
    expect(results).toEqual([]);
    await socket.close();
  });
}

attack('get round the limits by GET', graphqlCop, async () => {
  const query = encodeURIComponent(`{ ${repeat(16, (n) => `a${n}: __typename`)} }`);
  const headers = { 'apollo-require-preflight': '1' };
  const response = await fetch(`${server.url}/graphql?query=${query}`, { headers });
  const { data, errors } = await response.json();
  expect([response.status, data, errors.map(limitOf)]).toEqual([400, undefined, ['ALIASES']]);
});

attack('get round the limits by the preference for lenient handling', 'RFC 7240', async () => {
  const query = `{ ${repeat(16, (n) => `a${n}: me { id }`)} }`;
  const answer = await server.ask(query, { headers: { prefer: 'handling=lenient' } });
  expect([answer.status, answer.body.data, answer.reason]).toEqual([400, undefined, 'ALIASES']);
});

attack(
  'find a secret in the answers and the log after all of this',
  'ASVS 5 16.2.5, 16.5.1',
  async () => {
    expect((await server.ask('{ serverInfo { name } }')).status).toBe(200);
    expectNothingTold(server, [adminPassword, userPassword]);
  },
);
