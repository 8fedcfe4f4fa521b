import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addEventAt } from '../support/audit-partitions.ts';
import { startTestServer, type TestServer, type TestUser } from '../support/test-server.ts';

let server: TestServer;
let auditor: TestUser;
let user: TestUser;
beforeAll(async () => {
  server = await startTestServer();
  auditor = await server.aUser('AUDITOR');
  user = await server.aUser('STAFF');
});
afterAll(() => server.stop());

interface Edge {
  readonly cursor: string;
  readonly node: { readonly id: string; readonly action: string; readonly subjectId: string };
}

async function ask(filter: string): Promise<readonly Edge[]> {
  const query = `{ auditEvents(${filter}) { edges { cursor node { id action subjectId } } } }`;
  const { data, errors } = await server.ask(query, { token: auditor.accessToken });
  expect(errors).toEqual([]);
  return data.auditEvents.edges;
}
const actionsOf = async (filter: string) => (await ask(filter)).map(({ node }) => node.action);

describe('the filters of the audit log', () => {
  it('find the events that a user caused', async () => {
    expect(await actionsOf(`actorId: "${user.id}"`)).toEqual(['login.succeeded']);
    expect(await actionsOf(`actorId: "${user.id.toUpperCase()}"`)).toEqual(['login.succeeded']);
    const admin = await ask(`actorId: "${server.admin.id}", first: 100`);
    expect(admin.map(({ node }) => node.subjectId)).toContain(user.id);
  });

  it('find the events about a user', async () => {
    expect(await actionsOf(`subjectId: "${user.id}"`)).toEqual(['login.succeeded', 'user.created']);
    expect(await actionsOf(`subjectId: "${user.id}", first: 1`)).toEqual(['login.succeeded']);
    const [{ cursor = '' } = {}] = await ask(`subjectId: "${user.id}", first: 1`);
    expect(await actionsOf(`subjectId: "${user.id}", after: "${cursor}"`)).toEqual([
      'user.created',
    ]);
  });

  it('find the events of a time, its start included and its end excluded, in pages', async () => {
    const { database } = server.owner;
    const ids: string[] = [];
    for (const time of [
      '2025-12-31T23:59:59.999',
      '2026-01-01T00:00:00',
      '2026-01-31T23:59:59.999',
    ])
      ids.push(await addEventAt(database, `${time}Z`));
    await addEventAt(database, '2026-02-01T00:00:00Z');
    const january = 'since: "2026-01-01T00:00:00Z", until: "2026-02-01T00:00:00Z"';
    const found = await ask(january);
    expect(found.map(({ node }) => node.id)).toEqual([ids[2], ids[1]]);
    const next = await ask(`${january}, after: "${found[0]?.cursor}"`);
    expect(next.map(({ node }) => node.id)).toEqual([ids[1]]);
    const until = await ask('until: "2026-01-01T00:00:00Z", action: "test.added"');
    expect(until.map(({ node }) => node.id)).toEqual([ids[0]]);
    expect(await ask('until: "1970-01-01T00:00:00Z"')).toEqual([]);
    expect(await ask('since: "9999-01-01T00:00:00Z"')).toEqual([]);
  });

  it('are not used when they are null', async () => {
    const filter = 'action: null, actorId: null, subjectId: null, since: null, until: null';
    expect(await ask(`${filter}, first: 100`)).toEqual(await ask('first: 100'));
  });

  it.each([
    { filter: 'actorId: "ada"', argument: 'actorId' },
    { filter: 'subjectId: ""', argument: 'subjectId' },
    { filter: 'action: "a.b", actorId: "x"', argument: 'actorId' },
    { filter: 'subjectId: "x", actorId: "x"', argument: 'subjectId' },
    {
      filter: 'since: "2026-01-01T00:00:00Z", until: "2026-01-01T00:00:00Z"',
      argument: 'until',
    },
  ])('are refused: $filter', async ({ filter, argument }) => {
    const { status, errors } = await server.ask(`{ auditEvents(${filter}) { edges { cursor } } }`, {
      token: auditor.accessToken,
    });
    expect(status).toBe(400);
    expect(errors[0].extensions).toEqual({ code: 'BAD_USER_INPUT', argument });
  });
});
