import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer, type TestUser } from '../support/test-server.ts';

const start = Date.parse('2030-01-01T12:00:00Z');
const minuteMs = 60_000;

let server: TestServer;
let nowMs = start;
let auditor: TestUser;
beforeAll(async () => {
  server = await startTestServer({ now: () => new Date(nowMs) });
  auditor = await server.aUser('AUDITOR');
});
afterAll(() => server.stop());

type Variables = Readonly<Record<string, unknown>>;
const asAuditor = (query: string, variables: Variables = {}) =>
  server.ask(query, { token: auditor.accessToken, variables });
const asAdmin = async (mutation: string) => {
  const answer = await server.ask(`mutation { ${mutation} { id } }`, {
    token: server.admin.accessToken,
  });
  expect(answer.errors).toEqual([]);
};

const refresh = async ({ refreshToken }: TestUser): Promise<TestUser['accessToken']> => {
  const { data } = await server.ask(
    'mutation ($token: String!) { refresh(refreshToken: $token) { accessToken } }',
    { variables: { token: refreshToken } },
  );
  return data.refresh.accessToken;
};

const membersOf = async (group: string, first = 100): Promise<readonly string[]> => {
  const ids: string[] = [];
  for (let after: string | null = null, isLast = false; !isLast; ) {
    const { data } = await asAuditor(
      `query ($group: String!, $first: Int, $after: String) {
        members(group: $group, first: $first, after: $after) {
          edges { node { id } } pageInfo { hasNextPage endCursor } searchedBy
        }
      }`,
      { group, first, after },
    );
    ids.push(...data.members.edges.map(({ node }: { node: { id: string } }) => node.id));
    after = data.members.pageInfo.endCursor;
    isLast = !data.members.pageInfo.hasNextPage;
  }
  return ids;
};

describe('the members of a group', () => {
  it('are those to whom it was granted, oldest first, each once on pages of any size', async () => {
    const users: TestUser[] = [];
    for (let n = 0; n < 5; n += 1) users.push(await server.aUser('MANAGER', 'STAFF'));
    await server.aUser('STAFF');
    const ids = users.map(({ id }) => id);
    for (const first of [1, 2, 3, 5, 100]) expect(await membersOf('MANAGER', first)).toEqual(ids);
  });

  it('are no longer those whose membership was revoked or has expired', async () => {
    const [user, other] = [await server.aUser('STAFF'), await server.aUser('STAFF')];
    const expiresAt = new Date(nowMs + minuteMs).toISOString();
    await asAdmin(`grantGroup(userId: "${user.id}", group: AUDITOR, expiresAt: "${expiresAt}")`);
    await asAdmin(`grantGroup(userId: "${other.id}", group: AUDITOR)`);
    expect(await membersOf('AUDITOR')).toEqual([auditor.id, user.id, other.id]);
    await asAdmin(`revokeGroup(userId: "${other.id}", group: AUDITOR)`);
    nowMs += minuteMs;
    expect(await membersOf('AUDITOR')).toEqual([auditor.id]);
  });

  it('include disabled users, who have the group again when they are enabled', async () => {
    const user = await server.aUser('MANAGER');
    await asAdmin(`disableUser(id: "${user.id}")`);
    expect(await membersOf('MANAGER')).toContain(user.id);
  });

  it.each(['JANITOR', 'staff', ''])('of "%s", which is no group, are refused', async (group) => {
    const { status, errors } = await asAuditor(
      'query ($group: String!) { members(group: $group) { edges { cursor } } }',
      { group },
    );
    expect(status).toBe(400);
    expect(errors[0].extensions).toEqual({ code: 'BAD_USER_INPUT', argument: 'group' });
  });
});

describe('when a user was last here', () => {
  const lastSeenAt = async (...ids: readonly string[]): Promise<readonly (string | null)[]> => {
    const fields = ids.map((id, n) => `u${n}: user(id: "${id}") { lastSeenAt }`);
    const { data } = await asAuditor(`{ ${fields.join(' ')} }`);
    return ids.map((_id, n) => data[`u${n}`].lastSeenAt);
  };
  const at = (ms: number) => new Date(ms).toISOString();

  it('is the latest login or refresh of any of its sessions, also of one that has ended', async () => {
    const user = await server.aUser('STAFF');
    expect(await lastSeenAt(user.id)).toEqual([at(nowMs)]);
    nowMs += minuteMs;
    const token = await refresh(user);
    expect(await lastSeenAt(user.id)).toEqual([at(nowMs)]);
    const usedAt = nowMs;
    nowMs += minuteMs;
    await server.ask('mutation { logout }', { token });
    expect(await lastSeenAt(user.id)).toEqual([at(usedAt)]);
  });

  it('is not known of one that never logged in', async () => {
    const { data } = await server.ask(
      `mutation { createUser(input: { username: "never", password: "plum-kettle-orbit-58-fern" }) { id } }`,
      { token: server.admin.accessToken },
    );
    expect(await lastSeenAt(data.createUser.id, server.admin.id)).toEqual([null, at(start)]);
  });
});

it('shows the members of ADMIN without a fresh proof, which only grants of it ask for', async () => {
  const reader = await server.aUser('AUDITOR');
  nowMs += 20 * minuteMs;
  const token = await refresh(reader);
  const { errors } = await server.ask(
    '{ members(group: "ADMIN") { edges { node { username lastSeenAt } } } }',
    { token },
  );
  expect(errors).toEqual([]);
});
