import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { TestServer, TestUser } from '../support/test-server.ts';
import { startTestServer } from '../support/test-server.ts';

const start = Date.parse('2026-03-01T12:00:00Z');
let nowMs = start;

let server: TestServer;
let user: TestUser;
beforeAll(async () => {
  server = await startTestServer({ now: () => new Date(nowMs) });
});
afterAll(() => server.stop());
beforeEach(async () => {
  nowMs = start;
  user = await server.aUser();
});

const usersQuery = '{ users(first: 1) { edges { cursor } } }';
const statusOfUsers = async () =>
  (await server.ask(usersQuery, { token: user.accessToken })).status;
const groupsOf = async (token: string) =>
  (await server.ask('{ viewer { groups } me { groups } }', { token })).data;

async function change(mutation: string, variables: object = {}) {
  const answer = await server.ask(
    `mutation ($userId: ID!, $expiresAt: DateTime) { ${mutation} { groups } }`,
    { token: server.admin.accessToken, variables: { userId: user.id, ...variables } },
  );
  return answer;
}
const granting = 'grantGroup(userId: $userId, group: MANAGER, expiresAt: $expiresAt)';

it('opens a door at the next request after a group was granted, with the same token', async () => {
  expect(await statusOfUsers()).toBe(403);
  expect((await change(granting)).data.grantGroup.groups).toEqual(['MANAGER']);
  expect(await statusOfUsers()).toBe(200);
  expect(await groupsOf(user.accessToken)).toEqual({
    viewer: { groups: ['MANAGER'] },
    me: { groups: ['MANAGER'] },
  });
});

it('shuts it at the next request after the group was revoked', async () => {
  await change(granting);
  expect(await statusOfUsers()).toBe(200);
  const query = `mutation ($userId: ID!) {
    revokeGroup(userId: $userId, group: MANAGER) { groups }
  }`;
  const token = server.admin.accessToken;
  const { data } = await server.ask(query, { token, variables: { userId: user.id } });
  expect(data.revokeGroup.groups).toEqual([]);
  expect(await statusOfUsers()).toBe(403);
});

it('closes it when the membership expires, to the millisecond', async () => {
  const { status } = await change(granting, { expiresAt: '2026-03-01T12:00:05Z' });
  expect(status).toBe(200);
  nowMs = start + 4_999;
  expect(await statusOfUsers()).toBe(200);
  nowMs = start + 5_000;
  expect(await statusOfUsers()).toBe(403);
  expect(await groupsOf(user.accessToken)).toEqual({
    viewer: { groups: [] },
    me: { groups: [] },
  });
});

it('shows a page of users the groups that each of them holds at that moment', async () => {
  const groupsOnPage = async (): Promise<unknown> => {
    const query = '{ users(first: 100) { edges { node { id groups memberships { group } } } } }';
    const { data } = await server.ask(query, { token: server.admin.accessToken });
    const nodes = data.users.edges.map(({ node }: { readonly node: { id: string } }) => node);
    return nodes.find(({ id }: { readonly id: string }) => id === user.id);
  };
  const holding = (...groups: string[]) => ({
    id: user.id,
    groups,
    memberships: groups.map((group) => ({ group })),
  });
  expect(await groupsOnPage()).toEqual(holding());
  await change('grantGroup(userId: $userId, group: STAFF, expiresAt: $expiresAt)');
  await change(granting, { expiresAt: '2026-03-01T12:00:05Z' });
  await server.connection.database.membership.create({
    data: { userId: user.id, group: 'REMOVED_FROM_THE_SCHEMA' },
  });
  expect(await groupsOnPage()).toEqual(holding('MANAGER', 'STAFF'));
  nowMs = start + 5_000;
  expect(await groupsOnPage()).toEqual(holding('STAFF'));
});

it('reports each change of one mutation as it was when the change was made', async () => {
  const query = `mutation ($userId: ID!) {
    first: grantGroup(userId: $userId, group: STAFF) { groups }
    second: grantGroup(userId: $userId, group: AUDITOR) { groups }
    third: revokeGroup(userId: $userId, group: STAFF) { groups }
  }`;
  const token = server.admin.accessToken;
  const { data } = await server.ask(query, { token, variables: { userId: user.id } });
  expect(data).toEqual({
    first: { groups: ['STAFF'] },
    second: { groups: ['AUDITOR', 'STAFF'] },
    third: { groups: ['AUDITOR'] },
  });
});
