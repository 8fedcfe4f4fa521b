import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../support/test-server.ts';

/** Stands beside every slip, and must not come back. */
const mark = 'hunter7f3e';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

describe('a slip in the text of an operation does not tell what stands beside it', () => {
  it.each([
    `mutation { login(username: "${mark}" password: ${mark}) { expiresIn } }`,
    `mutation { login(username: { equals: "${mark}" }, password: "${mark}") { expiresIn } }`,
    `mutation { login(username: ["${mark}"], password: 1) { expiresIn } }`,
    `mutation { login(username: "a", password: "b" "${mark}") { expiresIn } }`,
    `mutation { login(username: "a", "${mark}") { expiresIn } }`,
    `mutation { login(username: "a", password: "${mark}`,
    `mutation { login(username: """${mark}""" """${mark}""") { expiresIn } }`,
    `mutation { login(username: "\\${mark}", password: "b") { expiresIn } }`,
    `mutation { login(username: '${mark}', password: "b") { expiresIn } }`,
    `{ users(first: "${mark}") { __typename } }`,
    `mutation { grantGroup(userId: "1", group: ${mark}) { id } }`,
    `mutation { grantGroup(userId: "1", group: STAFF, expiresAt: "${mark}") { id } }`,
    `mutation ($a: String = { a: "${mark}" }) { login(username: $a, password: "b") { expiresIn } }`,
    `query ($a: Int = "${mark}") { users(first: $a) { __typename } }`,
    `${mark}`,
    `"${mark}"`,
  ])('%s', async (query) => {
    const { status, text } = await server.ask(query, { token: server.admin.accessToken });
    expect(status).toBe(400);
    expect(text).not.toContain(mark);
  });

  it('nor does the name of an operation that is not there', async () => {
    const { status, text } = await server.ask('query A { me { id } }', { operationName: mark });
    expect(status).toBe(400);
    expect(text).not.toContain(mark);
  });

  it.each([
    ['query ($unused: Int) { serverInfo { name } }', 'The variable "$unused" is never used.'],
    ['{ serverInfo { name }', 'Syntax error: unexpected end of the document at line 1, column 22.'],
    ['{ serverInfo { "name" } }', 'Syntax error: unexpected String at line 1, column 16.'],
    [
      'mutation { createUser(input: { username: "a" }) { id } }',
      'The input object CreateUserInput lacks required fields: password.',
    ],
    [
      'mutation { createUser(input: { username: 1, password: "b" }) { id } }',
      'A value does not match its type String!.',
    ],
  ])('but what is wrong, it does: %s', async (query, message) => {
    const { errors } = await server.ask(query, { token: server.admin.accessToken });
    expect(errors[0].message).toBe(message);
  });
});
