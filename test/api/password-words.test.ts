import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer, userPassword } from '../support/test-server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({
    environment: { PASSWORD_WORDS: `Zephyrine,Aerospace,${'Überfähre'.normalize('NFD')}` },
  });
});
afterAll(() => server.stop());

const weak = 'Zephyrine Aerospace';
const refusal = { status: 400, code: 'BAD_USER_INPUT' };

describe('a new password from the words of PASSWORD_WORDS', () => {
  it('is refused to a new user', async () => {
    const create = `mutation ($password: String!) {
      createUser(input: { username: "words", password: $password }) { id } }`;
    const { accessToken: token } = server.admin;
    const answer = await server.ask(create, { token, variables: { password: weak } });
    expect(answer).toMatchObject(refusal);
    expect(answer.text).not.toContain(weak);
  });

  it.each(['NFC', 'NFD'])('is refused in %s, also if the word is in NFD', async (form) => {
    const { id } = await server.aUser('STAFF');
    const reset = `mutation ($id: ID!, $next: String!) {
      resetPassword(userId: $id, newPassword: $next) { id } }`;
    const next = 'überfähre-ÜBERFÄHRE'.normalize(form);
    const { accessToken: token } = server.admin;
    const answer = await server.ask(reset, { token, variables: { id, next } });
    expect(answer).toMatchObject(refusal);
  });

  it('is refused by changePassword', async () => {
    const { accessToken: token } = await server.aUser('STAFF');
    const change = `mutation ($current: String!, $next: String!) {
      changePassword(currentPassword: $current, newPassword: $next) { tokenType } }`;
    const variables = { current: userPassword, next: weak };
    expect(await server.ask(change, { token, variables })).toMatchObject(refusal);
  });

  it('is refused by resetPassword', async () => {
    const { id } = await server.aUser('STAFF');
    const reset = `mutation ($id: ID!, $next: String!) {
      resetPassword(userId: $id, newPassword: $next) { id } }`;
    const { accessToken: token } = server.admin;
    const answer = await server.ask(reset, { token, variables: { id, next: weak } });
    expect(answer).toMatchObject(refusal);
  });
});
