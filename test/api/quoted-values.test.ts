import { GraphQLError, GraphQLScalarType, Kind, type ValueNode } from 'graphql';
import { defineDomain } from 'graphql-gatehouse';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { roomsProject } from '../support/rooms-project.ts';
import { startTestServer, type TestServer } from '../support/test-server.ts';
import { openTestSocket } from '../support/test-socket.ts';

/** Stands where a password could stand, and must not come back from a syntax error or stand in the log. */
const mark = 'hunter7f3e';

/** Scalars of a project, whose errors quote the value. */
const scalars = defineDomain({
  name: 'scalars',
  typeDefs: `
    scalar Refusing
    scalar Failing
    extend type Query {
      "Returns nothing."
      take(refusing: Refusing, failing: Failing): Int @public
    }
  `,
  resolvers: {
    Query: { take: () => null },
    Refusing: createScalar('Refusing', (text) => new GraphQLError(`It refuses ${text}.`)),
    Failing: createScalar('Failing', (text) => new TypeError(`It fails on ${text}.`)),
  },
});

function createScalar(name: string, errorOf: (text: string) => Error): GraphQLScalarType {
  const fail = (value: unknown) => {
    throw errorOf(String(value));
  };
  const parseLiteral = (node: ValueNode) => fail(node.kind === Kind.STRING ? node.value : '');
  return new GraphQLScalarType({ name, parseValue: fail, parseLiteral });
}

let server: TestServer;
beforeAll(async () => {
  const { config } = roomsProject;
  const domains = [...(config.domains ?? []), scalars];
  const project = { ...roomsProject, config: { ...config, domains } };
  server = await startTestServer({ project, environment: { LOG_LEVEL: 'trace' } });
});
afterAll(() => server.stop());

const unreadable = [
  `mutation { login(username: "${mark}" password: ${mark}) { expiresIn }`,
  `mutation { login(username: "a", password: "b" "${mark}") { expiresIn } }`,
  `mutation { login(username: "a", "${mark}") { expiresIn } }`,
  `mutation { login(username: "a", password: "${mark}`,
  `mutation { login(username: """${mark}""" """${mark}""") { expiresIn } }`,
  `mutation { login(username: "\\${mark}", password: "b") { expiresIn } }`,
  `mutation { login(username: '${mark}', password: "b") { expiresIn } }`,
  `${mark}`,
  `"${mark}"`,
];

const invalid = [
  `mutation { login(username: "${mark}" password: ${mark}) { expiresIn } }`,
  `mutation { login(username: { equals: "${mark}" }, password: "${mark}") { expiresIn } }`,
  `mutation { login(username: ["${mark}"], password: 1) { expiresIn } }`,
  `mutation { login(username: "a", pasword: "${mark}") { expiresIn } }`,
  `mutation { createUser(input: { username: "a", ${mark}: "${mark}" }) { id } }`,
  `{ users(first: "${mark}") { __typename } }`,
  `mutation { grantGroup(userId: "1", group: ${mark}) { id } }`,
  `mutation { grantGroup(userId: "1", group: STAFF, expiresAt: "${mark}") { id } }`,
  `mutation ($a: String = { a: "${mark}" }) { login(username: $a, password: "b") { expiresIn } }`,
  `query ($a: Int = "${mark}") { users(first: $a) { __typename } }`,
  `{ a: user(id: "${mark}") { id } a: me { id } }`,
  `{ take(refusing: "${mark}") }`,
  `{ take(failing: "${mark}") }`,
  `{ ${mark} }`,
  `query ($${mark}: Int) { serverInfo { name } }`,
];

describe('a document that cannot be run', () => {
  const token = () => server.admin.accessToken;

  it.each(unreadable)('gives no text of it back where it cannot be read: %s', async (query) => {
    const { status, text } = await server.ask(query, { token: token() });
    expect(status).toBe(400);
    expect(text).not.toContain(mark);
  });

  it('gives the name of an operation that does not exist not back', async () => {
    const asked = { operationName: mark, token: token() };
    const { status, text } = await server.ask('query A { me { id } }', asked);
    expect(status).toBe(400);
    expect(text).not.toContain(mark);
  });

  it.each([...unreadable, ...invalid])('is not logged, by no transport: %s', async (query) => {
    const logged = server.logLines.length;
    const search = new URLSearchParams({ query });
    const [posted, got] = [
      await server.ask(query, { token: token() }),
      await fetch(`${server.url}/graphql?${search}`, {
        headers: { authorization: `Bearer ${token()}`, 'apollo-require-preflight': 'true' },
      }),
    ];
    expect([posted.status, got.status]).toEqual([400, 400]);
    const socket = openTestSocket(server.url, { token: token() });
    const code = posted.code ?? 'none';
    expect(await socket.subscribe(query).ended).toContainEqual(
      expect.objectContaining({ extensions: { code } }),
    );
    await socket.close();
    const lines = () => server.logLines.slice(logged);
    await expect
      .poll(() => lines().filter((line) => line.includes(`"codes":["${code}"]`)))
      .toHaveLength(3);
    expect(lines().join('')).not.toContain(mark);
  });

  it.each([
    ['query ($unused: Int) { serverInfo { name } }', 'Variable "$unused" is never used.'],
    ['{ serverInfo { name }', 'Syntax error: unexpected end of the document at line 1, column 22.'],
    ['{ serverInfo { "name" } }', 'Syntax error: unexpected String at line 1, column 16.'],
    [
      'mutation { createUser(input: { username: "a" }) { id } }',
      'Field "CreateUserInput.password" of required type "String!" was not provided.',
    ],
    [
      'mutation { createUser(input: { username: 1, password: "b" }) { id } }',
      'String cannot represent a non string value: 1',
    ],
    ['{ take(refusing: "a") }', 'It refuses a.'],
    ['{ take(failing: "a") }', 'A value does not match its type.'],
  ])('gets a message that says what is wrong: %s', async (query, message) => {
    const { errors } = await server.ask(query, { token: token() });
    expect(errors.map((error) => [error.message, error.extensions])).toEqual([
      [message, { code: expect.stringMatching(/^GRAPHQL_(PARSE|VALIDATION)_FAILED$/) }],
    ]);
  });
});
