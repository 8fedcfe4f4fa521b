import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DatabaseConnection } from '../../src/database/connect.ts';
import { isMalformed } from '../../src/database/errors.ts';
import { defineDomain } from '../../src/schema/domain.ts';
import { createLoad } from '../../src/schema/loaders.ts';
import { databaseKinds } from '../database/databases.ts';

const ids = Array.from({ length: 8 }, (_, index) => `00000000-0000-0000-0000-00000000000${index}`);

describe.each(databaseKinds)('loaders on a database of kind $kind', ({ connectEmpty }) => {
  let connection: DatabaseConnection;
  beforeAll(async () => {
    connection = await connectEmpty();
  });
  afterAll(() => connection.close());

  /** Loaders that give the ids to the database as they are, and how often they were asked. */
  function setUp() {
    const batches: number[] = [];
    const read = (given: readonly string[]) => {
      batches.push(given.length);
      return connection.database.$queryRaw<object[]>`
        SELECT id::text, id::text AS owner FROM unnest(${[...given]}::uuid[]) AS id`;
    };
    const domain = defineDomain({
      name: 'things',
      typeDefs: [],
      loaders: {
        one: { one: read },
        many: { many: read, key: 'owner' },
      },
    });
    const load = createLoad([domain], { context: { db: {} }, isMalformed, beforeLoad: () => {} });
    const ask = (name: 'one' | 'many', keys: readonly string[]) =>
      Promise.allSettled(
        keys.map(
          (key): Promise<unknown> => Reflect.apply(load[name] ?? expect.fail(), undefined, [key]),
        ),
      );
    return { ask, batches };
  }

  it.each(['one', 'many'] as const)(
    'give by `%s` each id what it would get alone, though another is malformed',
    async (name) => {
      const { ask, batches } = setUp();
      const results = await ask(name, [...ids, 'malformed']);
      const found = ids.map((id) => ({ id, owner: id }));
      expect(results.slice(0, -1)).toEqual(
        found.map((row) => ({ status: 'fulfilled', value: name === 'one' ? row : [row] })),
      );
      const [last] = results.slice(-1);
      expect(last?.status === 'rejected' && isMalformed(last.reason)).toBe(true);
      expect(batches.slice(0, 3)).toEqual([9, 5, 4]);
    },
  );

  it('read once where every id is well-formed', async () => {
    const { ask, batches } = setUp();
    await ask('one', ids);
    expect(batches).toEqual([8]);
  });
});

it('do not read again for any other error', async () => {
  const failure = new Error('away');
  let reads = 0;
  const read = async () => {
    reads += 1;
    throw failure;
  };
  const domain = defineDomain({ name: 'things', typeDefs: [], loaders: { one: { one: read } } });
  const load = createLoad([domain], { context: { db: {} }, isMalformed, beforeLoad: () => {} });
  const asked = ids.map(
    (id): Promise<unknown> => Reflect.apply(load.one ?? expect.fail(), undefined, [id]),
  );
  const reasons = (await Promise.allSettled(asked)).map((each) => 'reason' in each && each.reason);
  expect(new Set(reasons)).toEqual(new Set([failure]));
  expect(reads).toBe(1);
});
