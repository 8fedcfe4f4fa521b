import { defineDomain } from 'graphql-gatehouse';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createRandom } from '../support/fuzz/random.ts';
import { makeFuzzWorld } from '../support/fuzz/world.ts';
import { roomsProject } from '../support/rooms-project.ts';
import { adminPassword, startTestServer, type TestServer } from '../support/test-server.ts';
import { type Asked, createTwoWays, drawQuery } from '../support/two-ways.ts';

const unexpected = () => {
  throw new Error('heron-71');
};

const faults = defineDomain({
  name: 'faults',
  typeDefs: `
  extend type Query {
    "Fails with an error that clients may not see."
    unexpected: String! @auth
    "Fails as well, and may be null."
    maybe: String @auth
    "Returns what does not match its type."
    mistyped: Int! @auth
    "Takes a number."
    echo(number: Int = 3): Int @auth
  }
  extend type Mutation {
    "Fails before it changes anything."
    fail: String! @auth(requires: [STAFF])
  }`,
  resolvers: {
    Query: {
      unexpected,
      maybe: unexpected,
      mistyped: () => 'heron-71',
      echo: (_query: unknown, { number }: { readonly number: number }) => number,
    },
    Mutation: { fail: () => Promise.reject(new Error('heron-71')) },
  },
});

let server: TestServer;
let ways: ReturnType<typeof createTwoWays>;
let tokens: Readonly<Record<string, string>>;
beforeAll(async () => {
  const { config } = roomsProject;
  const domains = [...(config.domains ?? []), faults];
  // Times of use are in answers.
  const at = new Date();
  const project = { ...roomsProject, config: { ...config, domains } };
  server = await startTestServer({ project, now: () => at });
  const [staff, manager] = [await server.aUser('STAFF'), await server.aUser('MANAGER', 'STAFF')];
  tokens = {
    admin: server.admin.accessToken,
    staff: staff.accessToken,
    manager: manager.accessToken,
    invalid: 'not-a-token',
  };
});
beforeEach(() => {
  ways = createTwoWays(server);
});
afterAll(() => server.stop());

interface Row extends Omit<Asked, 'token'> {
  readonly title: string;
  readonly who?: string;
  readonly status: number;
}

const lenient = { prefer: 'handling=lenient' };
const decideOnly = { prefer: 'decide-only' };
const users = '{ users { edges { node { id email } } } }';

const rows: readonly Row[] = [
  { title: 'a public field', query: '{ serverInfo { name } }', status: 200 },
  { title: 'a viewer', who: 'staff', query: '{ me { id username groups } }', status: 200 },
  { title: 'a list', who: 'admin', query: users, status: 200 },
  { title: 'a missing token', query: '{ me { id } }', status: 401 },
  { title: 'an invalid token', who: 'invalid', query: '{ me { id } }', status: 401 },
  { title: 'a missing group', who: 'staff', query: users, status: 403 },
  {
    title: 'what a policy refuses while it runs',
    who: 'manager',
    query: users,
    status: 403,
  },
  { title: 'lenient handling', who: 'manager', query: users, headers: lenient, status: 200 },
  {
    title: 'lenient handling, with nothing left',
    who: 'staff',
    query: users,
    headers: lenient,
    status: 403,
  },
  { title: 'a decision', who: 'staff', query: users, headers: decideOnly, status: 200 },
  {
    title: 'a decision about an invalid variable',
    who: 'staff',
    query: 'query ($n: Int) { echo(number: $n) }',
    variables: { n: 'x' },
    headers: decideOnly,
    status: 400,
  },
  { title: 'introspection', query: '{ __schema { types { name } } }', status: 200 },
  {
    title: 'introspection and data',
    who: 'staff',
    query: '{ me { id } __type(name: "User") { fields { name } } }',
    status: 200,
  },
  {
    title: 'variables',
    who: 'staff',
    query: 'query ($n: Int) { echo(number: $n) }',
    variables: { n: 7 },
    status: 200,
  },
  {
    title: 'an invalid variable',
    who: 'staff',
    query: 'query ($n: Int) { echo(number: $n) }',
    variables: { n: 'x' },
    status: 400,
  },
  {
    title: 'an operation by its name',
    who: 'staff',
    query: 'query A { echo } query B { me { id } }',
    operationName: 'B',
    status: 200,
  },
  {
    title: 'an operation that is too large',
    who: 'staff',
    query: `{ ${'me { id } '.repeat(30)} }`,
    status: 400,
  },
  {
    title: 'a subscription',
    who: 'staff',
    query: 'subscription { auditEventAdded { id } }',
    status: 403,
  },
  { title: 'an unexpected error', who: 'staff', query: '{ unexpected }', status: 500 },
  {
    title: 'an unexpected error beside data',
    who: 'staff',
    query: '{ maybe echo }',
    status: 200,
  },
  { title: 'a value of another type', who: 'staff', query: '{ mistyped }', status: 500 },
  { title: 'a mutation that fails', who: 'staff', query: 'mutation { fail }', status: 500 },
  { title: 'a mutation that is refused', query: 'mutation { fail }', status: 401 },
  {
    title: 'a failed login',
    query: 'mutation { login(username: "admin", password: "heron-71") { accessToken } }',
    status: 401,
  },
];

describe('an operation has the same answer and log lines through Apollo Server and without it', () => {
  it.each(rows)('for $title', async ({ title: _title, who, status, ...asked }) => {
    const token = who === undefined ? undefined : tokens[who];
    const seen = await ways.ask({ ...asked, ...(token === undefined ? {} : { token }) });
    expect(seen.directly).toEqual(seen.byApollo);
    expect(seen.directly.status).toBe(status);
  });

  it('for 60 generated queries of several viewers', async () => {
    const seed = Date.now() % 1_000_000;
    const random = createRandom(seed);
    const world = await makeFuzzWorld(server.url, { username: 'admin', password: adminPassword });
    for (let count = 0; count < 60; count += 1) {
      const asked = drawQuery(random, world);
      const seen = await ways.ask(asked);
      expect(seen.directly, `seed ${seed}: ${JSON.stringify(asked)}`).toEqual(seen.byApollo);
    }
  });
});
