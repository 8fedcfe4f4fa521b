import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer, type TestUser } from '../../support/test-server.ts';

let server: TestServer;
let staff: TestUser;
beforeAll(async () => {
  server = await startTestServer();
  staff = await server.aUser('STAFF');
});
afterAll(() => server.stop());

/** Names of the API's schema that are hidden without a token. */
const hiddenNames = /UserConnection|UserEdge|CreateUserInput|UpdateUserInput|RoomInput|AuditEvent/;

describe('an operation that is not valid', () => {
  it.each([
    '{ users }',
    '{ users { nodes } }',
    '{ auditEvents { edges { node } } }',
    'mutation { createUser(input: { username: 1 }) { id } }',
    'mutation { createUser(input: {}) { id } }',
    'mutation { createUser { id } }',
    'mutation { createRoom(input: { name: "a", floor: "b", groups: X }) { id } }',
    'query ($a: String) { user(id: $a) { id } }',
    'mutation ($a: Int) { updateUser(id: "1", input: $a) { id } }',
    'fragment A on Room { id } { users { ...A } }',
    '{ serverInfo { ...A } } fragment A on ServerInfo { name } fragment B on Query { users }',
    'subscription { roomEntered }',
  ])('is reported to an anonymous viewer with visible names only: %s', async (query) => {
    const { status, code, text } = await server.ask(query);
    expect({ status, code }).toEqual({ status: 400, code: 'GRAPHQL_VALIDATION_FAILED' });
    expect(text).not.toMatch(hiddenNames);
    expect(text).not.toMatch(/did you mean/i);
  });

  it('is reported in full to a viewer who can see its names, after any other viewer', async () => {
    const query = '{ users }';
    const messages = async (token?: string) =>
      (await server.ask(query, token === undefined ? {} : { token })).errors.map(
        ({ message }) => message,
      );
    const unknown = ['Cannot query field "users" on type "Query".'];
    const reported = [
      expect.stringMatching('^Field "users" of type "UserConnection!" must have a selection'),
    ];
    expect(await messages()).toEqual(unknown);
    expect(await messages(server.admin.accessToken)).toEqual(reported);
    expect(await messages(staff.accessToken)).toEqual(unknown);
    expect(await messages('no.good.token')).toEqual(unknown);
  });

  it('is reported in full to everyone where the whole schema is shown', async () => {
    const open = await startTestServer({ environment: { INTROSPECTION: 'full' } });
    try {
      expect((await open.ask('{ users }')).text).toContain('UserConnection!');
    } finally {
      await open.stop();
    }
  });

  it('is reported without suggestions, with a limited number of errors', async () => {
    const query = `{ serverInfo { ${'nam '.repeat(60)} } }`;
    const { errors, text } = await server.ask(query);
    expect(errors.length).toBeLessThanOrEqual(21);
    expect(text).not.toMatch(/did you mean/i);
  });
});

describe('an operation that is valid, and not allowed', () => {
  it('is refused as a whole, and reports the names that it has used', async () => {
    const { status, errors } = await server.ask('{ users { edges { cursor } } }');
    expect(status).toBe(401);
    expect(errors[0].extensions.coordinate).toBe('Query.users');
  });
});
