import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createUserPages } from '../../src/identity/users/user-page.store.ts';
import { type SearchBounds, searchKindOf } from '../../src/identity/users/user-search.ts';
import { timesOf } from '../support/sample.ts';
import { storeDependencies } from '../support/store-dependencies.ts';
import type { TestServer } from '../support/test-server.ts';
import { startTestServer } from '../support/test-server.ts';

/** More users than are compared one by one before an index is used. */
const userCount = 2_500;
const letters = ['a', 'b', 'C', 'é', '-', ' ', '1'];

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
  const random = fc.sample(
    fc.tuple(
      fc.string({ unit: fc.constantFrom(...letters), minLength: 1, maxLength: 8 }),
      fc.boolean(),
    ),
    { numRuns: userCount, seed: 17 },
  );
  await server.connection.database.user.createMany({
    data: random.map(([displayName, isDisabled], n) => ({
      id: `00000000-0000-7000-8000-${String(n).padStart(12, '0')}`,
      username: `User-${n}`,
      usernameKey: `user-${n}`,
      displayName: displayName.trim() || 'x',
      // As was accepted before addresses were normalized.
      email: n % 3 === 0 ? null : `Mail-${n % 40}@Example.org`,
      passwordHash: 'none',
      disabledAt: isDisabled && n !== userCount - 1 ? new Date() : null,
    })),
  });
});
afterAll(() => server.stop());

const search = async (text: string) => {
  const { data } = await server.ask(
    'query ($search: String) { users(search: $search) { searchedBy edges { node { id } } } }',
    { token: server.admin.accessToken, variables: { search: text } },
  );
  return data.users;
};

describe('users(search:)', () => {
  it.each([
    { text: 'user-2499', searchedBy: 'CONTAINS', count: 1 },
    { text: 'SER-2499', searchedBy: 'CONTAINS', count: 1 },
    { text: 'r-', searchedBy: 'BEGINS_WITH', count: 0 },
    { text: 'us', searchedBy: 'BEGINS_WITH', count: 20 },
  ])('reports that "$text" was searched by $searchedBy', async ({ text, searchedBy, count }) => {
    const found = await search(text);
    expect({ searchedBy: found.searchedBy, count: found.edges.length }).toEqual({
      searchedBy,
      count,
    });
  });

  it('reports no search without one', async () => {
    const { data } = await server.ask('{ users { searchedBy } }', {
      token: server.admin.accessToken,
    });
    expect(data.users.searchedBy).toBeNull();
  });

  const text = fc
    .string({ unit: fc.constantFrom(...letters, 'user', '%', '_'), minLength: 1, maxLength: 5 })
    .filter((each) => each.trim() === each);
  const address = fc.integer({ min: 0, max: 45 }).map((n) => `mail-${n}@example.ORG`);
  const after = fc.option(fc.integer({ min: 0, max: userCount - 1 }), { nil: undefined });

  interface Asked {
    readonly includesEmail: boolean;
    readonly state: 'enabled' | 'disabled' | 'any';
  }
  const asked = fc.record<Asked>({
    includesEmail: fc.boolean(),
    state: fc.constantFrom('enabled', 'disabled', 'any'),
  });

  /** Creates what compares a page with a look at every user, and returns it with all users that match. */
  async function createComparison(bounds?: SearchBounds) {
    const { database, read } = server.connection;
    const { page } = createUserPages(storeDependencies({ database, read }), bounds);
    const stored = await database.user.findMany({ orderBy: { id: 'asc' } });
    return async (search: string, n: number | undefined, { includesEmail, state }: Asked) => {
      const afterId = n === undefined ? undefined : stored[n]?.id;
      const isFound = (name: string) =>
        searchKindOf(search, true) === 'CONTAINS'
          ? name.toLowerCase().includes(search.toLowerCase())
          : name.toLowerCase().startsWith(search.toLowerCase());
      const matching = stored
        .slice(n === undefined ? 0 : n + 1)
        .filter(
          ({ disabledAt }) => state === 'any' || (disabledAt === null) === (state === 'enabled'),
        )
        .filter(
          ({ username, displayName, email }) =>
            isFound(username) ||
            isFound(displayName) ||
            (includesEmail && email?.toLowerCase() === search.toLowerCase()),
        )
        .map(({ id }) => id);
      const found = await page({ limit: 21, afterId }, { search, includesEmail, state });
      return { matching, ids: found.users.map(({ id }) => id), isComplete: found.isComplete };
    };
  }

  it('finds the same as a look at every user, on each page, of each state, also by e-mail', async () => {
    const compare = await createComparison();
    await fc.assert(
      fc.asyncProperty(fc.oneof(text, address), after, asked, async (...given) => {
        const { matching, ids, isComplete } = await compare(...given);
        expect(ids).toEqual(matching.slice(0, 21));
        expect(isComplete).toBe(true);
      }),
      { numRuns: timesOf(150, 15) },
    );
  });

  it('finds the same, or says that users can be missing, where it looks at few of them', async () => {
    const compare = await createComparison({ found: 5, compared: 1_100 });
    let incomplete = 0;
    await fc.assert(
      fc.asyncProperty(fc.oneof(text, address), after, asked, async (...given) => {
        const { matching, ids, isComplete } = await compare(...given);
        if (isComplete) expect(ids).toEqual(matching.slice(0, 21));
        else {
          incomplete += 1;
          // Some of those who match, in their order.
          expect(ids).toEqual(matching.filter((id) => ids.includes(id)));
        }
      }),
      { numRuns: timesOf(150, 60), seed: 5 },
    );
    expect(incomplete).toBeGreaterThan(timesOf(5, 1));
  });
});

describe('users(search:) of a database without pg_trgm', () => {
  it('finds the beginning of names, and reports so', async () => {
    const other = await startTestServer();
    try {
      await other.owner.migrations.query(
        'DROP INDEX gatehouse.users_username_part, gatehouse.users_display_name_part',
      );
      const ask = async (text: string) => {
        const query = `{ users(search: "${text}") { searchedBy edges { node { username } } } }`;
        return (await other.ask(query, { token: other.admin.accessToken })).data.users;
      };
      const searchedBy = 'BEGINS_WITH';
      expect(await ask('adm')).toEqual({ searchedBy, edges: [{ node: { username: 'admin' } }] });
      expect(await ask('dmin')).toEqual({ searchedBy, edges: [] });
      const created = await other.owner.migrations.query(
        'SELECT gatehouse.index_parts_of_names() AS "isCreated"',
      );
      expect(created).toEqual([{ isCreated: true }]);
    } finally {
      await other.stop();
    }
  });
});
