import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSessionStore } from '../../src/identity/sessions/session.store.ts';
import { createViewerLoader } from '../../src/identity/sessions/viewer-loader.ts';
import { timesOf } from '../support/sample.ts';
import { storeDependencies } from '../support/store-dependencies.ts';
import type { TestServer, TestUser } from '../support/test-server.ts';
import { startTestServer } from '../support/test-server.ts';

const groupsOfViewers = [
  [],
  ['STAFF'],
  ['MANAGER'],
  ['AUDITOR'],
  ['ADMIN'],
  ['AUDITOR', 'STAFF'],
  ['MANAGER', 'STAFF'],
  ['AUDITOR', 'MANAGER'],
  ['ADMIN', 'STAFF'],
  ['ADMIN', 'AUDITOR', 'MANAGER', 'STAFF'],
] as const;

let server: TestServer;
const viewers: { readonly user: TestUser; readonly groups: readonly string[] }[] = [];
beforeAll(async () => {
  server = await startTestServer();
  for (const groups of groupsOfViewers)
    viewers.push({ user: await server.aUser(...groups), groups });
  await server.ask(
    `mutation { createRoom(
      input: { name: "Office", floor: 1, groups: [STAFF], accessCode: "4711" }) { id } }`,
    { token: viewers[2]?.user.accessToken ?? '' },
  );
});
afterAll(() => server.stop());

const holdsOne = (groups: readonly string[], wanted: readonly string[]) =>
  wanted.some((group) => groups.includes(group));

/** What each viewer gets for one text, which the server parses and plans once for all of them. */
const questions = [
  {
    query: '{ me { id username groups } viewer { groups principal { id } } }',
    statusFor: () => 200,
    dataFor: ({ id, username }: TestUser, groups: readonly string[]) => ({
      me: { id, username, groups },
      viewer: { groups, principal: { id } },
    }),
  },
  {
    query: '{ me { id } users(first: 1) { edges { node { username } } } }',
    statusFor: (groups: readonly string[]) =>
      holdsOne(groups, ['ADMIN', 'AUDITOR', 'MANAGER']) ? 200 : 403,
    dataFor: ({ id }: TestUser) => ({
      me: { id },
      users: { edges: [{ node: { username: 'admin' } }] },
    }),
  },
  {
    query: '{ rooms { edges { node { admitsViewer accessCode } } } me { id } }',
    statusFor: (groups: readonly string[]) => (holdsOne(groups, ['MANAGER', 'STAFF']) ? 200 : 403),
    dataFor: ({ id }: TestUser, groups: readonly string[]) => ({
      rooms: {
        edges: [{ node: { admitsViewer: groups.includes('STAFF'), accessCode: '4711' } }],
      },
      me: { id },
    }),
  },
];

async function askOne(n: number): Promise<string> {
  const viewer = viewers[n % viewers.length];
  const question = questions[Math.floor(n / viewers.length) % questions.length];
  if (viewer === undefined || question === undefined) throw new Error(`No request ${n}.`);
  const { user, groups } = viewer;
  const { status, data, text } = await server.ask(question.query, { token: user.accessToken });
  const expected = question.statusFor(groups);
  expect({ status, text: `${groups}: ${text}` }).toMatchObject({ status: expected });
  if (expected === 200) expect(data).toEqual(question.dataFor(user, groups));
  else expect(data ?? null).toBeNull();
  return user.id;
}

describe('many requests of ten viewers, a hundred at a time', () => {
  it('each get what is their own, and only what they may', async () => {
    const total = timesOf(1_000, 100);
    let next = 0;
    const answered: string[] = [];
    const work = async () => {
      while (next < total) {
        const n = next;
        next += 1;
        answered.push(await askOne(n));
      }
    };
    await Promise.all(Array.from({ length: 100 }, work));
    expect(answered).toHaveLength(total);
    expect(new Set(answered).size).toBe(10);
  });
});

describe('the viewers of requests that arrive together', () => {
  /** The viewers of the real database; `sizes` holds how many sessions each statement read. */
  function countingLoader() {
    const sizes: number[] = [];
    const { database, read } = server.connection;
    const { findViewers } = createSessionStore(storeDependencies({ database, read }));
    const loadViewer = createViewerLoader(
      {
        findViewers: (ids) => {
          sizes.push(ids.length);
          return findViewers(ids);
        },
      },
      (viewer) => viewer,
    );
    return { sizes, loadViewer };
  }
  const sessionOf = ({ accessToken }: TestUser): string =>
    JSON.parse(Buffer.from(accessToken.split('.')[1] ?? '', 'base64url').toString()).sid;

  it('are read in one statement, each session once, and each gets its own', async () => {
    const { sizes, loadViewer } = countingLoader();
    const asked = Array.from({ length: 30 }, (_, n) => viewers[n % 10]?.user ?? server.admin);
    const found = await Promise.all(
      asked.map((user) => loadViewer({ sessionId: sessionOf(user) })),
    );
    expect(sizes).toEqual([10]);
    expect(found.map((viewer) => viewer?.userId)).toEqual(asked.map(({ id }) => id));
    expect(found.map((viewer) => [...(viewer?.groups ?? [])].sort())).toEqual(
      asked.map((_, n) => groupsOfViewers[n % 10]),
    );
  });

  it('are read 500 at a time at most', async () => {
    const { sizes, loadViewer } = countingLoader();
    const unknown = (n: number) => `00000000-0000-7000-8000-${String(n).padStart(12, '0')}`;
    const found = await Promise.all(
      Array.from({ length: 501 }, (_, n) => loadViewer({ sessionId: unknown(n) })),
    );
    expect(sizes).toEqual([500, 1]);
    expect(new Set(found)).toEqual(new Set([null]));
  });

  it('are not cached: the next request reads what has changed since', async () => {
    const { sizes, loadViewer } = countingLoader();
    const user = await server.aUser('STAFF');
    const id = sessionOf(user);
    const asked = { sessionId: id };
    expect([...((await loadViewer(asked))?.groups ?? [])]).toEqual(['STAFF']);
    await server.connection.database.membership.deleteMany({ where: { userId: user.id } });
    expect([...((await loadViewer(asked))?.groups ?? ['?'])]).toEqual([]);
    await server.connection.database.session.update({
      where: { id },
      data: { endedAt: new Date() },
    });
    expect(await loadViewer(asked)).toBeNull();
    expect(sizes).toEqual([1, 1, 1]);
  });
});
