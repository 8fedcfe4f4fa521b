import { afterAll, afterEach, beforeAll, beforeEach, expect, type MockInstance, vi } from 'vitest';
import {
  type AttackedServer,
  attack,
  badCredentials,
  badInput,
  expectNothingTold,
  facts,
  startAttackedServer,
} from '../support/attacked-server.ts';
import { adminPassword, userPassword } from '../support/test-server.ts';

/**
 * Putting marks into their canonical order takes a time that grows with the square of their number: 90 kB of
 * them held up the thread for seconds.
 */
const source = 'UAX 15, 3; CVE-2023-46695; ASVS 5 1.3.12';
const manyMarks = `a${'\u0301\u0323'.repeat(22_500)}`;
/** What may be normalized, in UTF-16 code units: takes a quarter of a millisecond. */
const maxNormalizedLength = 1_000;

let server: AttackedServer;
beforeAll(async () => {
  server = await startAttackedServer();
});
afterAll(() => server.stop());

let normalize: MockInstance<typeof String.prototype.normalize>;
beforeEach(() => {
  normalize = vi.spyOn(String.prototype, 'normalize');
});
afterEach(() => {
  const lengths = normalize.mock.contexts.map((text) => String(text).length);
  expect(Math.max(0, ...lengths)).toBeLessThanOrEqual(maxNormalizedLength);
});

const logIn = (username: string, password: string) =>
  server.ask(
    'mutation ($u: String!, $p: String!) { login(username: $u, password: $p) { tokenType } }',
    { variables: { u: username, p: password } },
  );

attack('hold up the thread by the marks of a username at the login', source, async () => {
  const answer = await server.unchanged(() => logIn(manyMarks, userPassword));
  expect(facts(answer)).toEqual(badCredentials);
});

attack('hold up the thread by the marks of a password at the login', source, async () => {
  const known = await server.unchanged(() => logIn(server.victim.username, manyMarks));
  const unknown = await server.unchanged(() => logIn('unknown-user', manyMarks));
  expect(facts(known)).toEqual(badCredentials);
  expect(unknown.text).toBe(known.text);
});

for (const { argument, query } of [
  {
    argument: 'input.username',
    query:
      'mutation ($t: String!) { createUser(input: { username: $t, password: "plum-kettle-orbit-58-fern" }) { id } }',
  },
  {
    argument: 'input.password',
    query:
      'mutation ($t: String!) { createUser(input: { username: "marked", password: $t }) { id } }',
  },
  {
    argument: 'input.displayName',
    query:
      'mutation ($t: String!) { createUser(input: { username: "marked", password: "plum-kettle-orbit-58-fern", displayName: $t }) { id } }',
  },
  {
    argument: 'input.email',
    query:
      'mutation ($t: String!) { createUser(input: { username: "marked", password: "plum-kettle-orbit-58-fern", email: $t }) { id } }',
  },
  {
    argument: 'input.username',
    query: 'mutation ($t: String!) { updateUser(id: "VICTIM", input: { username: $t }) { id } }',
  },
  {
    argument: 'input.displayName',
    query: 'mutation ($t: String!) { updateUser(id: "VICTIM", input: { displayName: $t }) { id } }',
  },
  {
    argument: 'newPassword',
    query: 'mutation ($t: String!) { resetPassword(userId: "VICTIM", newPassword: $t) { id } }',
  },
  {
    argument: 'newPassword',
    query: `mutation ($t: String!) { changePassword(currentPassword: "${adminPassword}", newPassword: $t) { tokenType } }`,
  },
  { argument: 'search', query: 'query ($t: String!) { users(search: $t) { edges { cursor } } }' },
  {
    argument: 'name',
    query: 'mutation ($t: String!) { createApiClient(name: $t, groups: []) { secret } }',
  },
  {
    argument: 'input.name',
    query:
      'mutation ($t: String!) { createRoom(input: { name: $t, floor: 1, groups: [] }) { id } }',
  },
  {
    argument: 'input.accessCode',
    query:
      'mutation ($t: String!) { createRoom(input: { name: "A", floor: 1, groups: [], accessCode: $t }) { id } }',
  },
]) {
  const field = /\{ (\w+)/.exec(query)?.[1];
  attack(`hold up the thread by the marks of ${argument} in ${field}`, source, async () => {
    const answer = await server.unchanged(() =>
      server.ask(query.replace('VICTIM', server.victim.id), {
        token: (field === 'createRoom' ? server.manager : server.admin).accessToken,
        variables: { t: manyMarks },
      }),
    );
    expect(facts(answer)).toEqual(badInput);
    expect(answer.errors[0].extensions.argument).toBe(argument);
  });
}

attack('hold up the thread by the marks of an action of the audit log', source, async () => {
  const query = 'query ($t: String!) { auditEvents(action: $t) { edges { cursor } } }';
  const variables = { t: manyMarks };
  const answer = await server.ask(query, { token: server.auditor.accessToken, variables });
  expect(facts(answer)).toEqual(badInput);
});

attack('hold up the thread by the marks of the current password', source, async () => {
  const query = `mutation ($t: String!) {
    changePassword(currentPassword: $t, newPassword: "another-violet-otter-77") { tokenType } }`;
  const variables = { t: manyMarks };
  const answer = await server.ask(query, { token: server.victim.accessToken, variables });
  expect(facts(answer)).toEqual(badCredentials);
});

attack(
  'find a secret in the answers and the log after all of this',
  'ASVS 5 16.2.5, 16.5.1',
  async () => {
    expectNothingTold(server, [adminPassword, userPassword]);
  },
);
