import { setImmediate } from 'node:timers/promises';
import { AnswerTooLargeError } from '@graphql-gatehouse/authorization';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DatabaseConnection } from '../../src/database/connect.ts';
import { isMalformed } from '../../src/database/errors.ts';
import { type Domain, defineDomain } from '../../src/schema/domain.ts';
import { createLoads, type Load } from '../../src/schema/loaders.ts';
import { databaseKinds } from '../database/databases.ts';

const ids = Array.from({ length: 8 }, (_, index) => `00000000-0000-0000-0000-00000000000${index}`);

/** Returns the loaders of a domain for one execution. */
const loadOf = (domain: Domain) =>
  createLoads([domain], {
    context: { db: {} },
    isMalformed,
    maxRows: 1_000,
    beforeLoad: () => {},
  })();

const callLoader = (load: Load, name: string, key: string): Promise<unknown> =>
  Reflect.apply(load[name] ?? expect.fail(), undefined, [key]);

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
    const load = loadOf(domain);
    const ask = (name: 'one' | 'many', keys: readonly string[]) =>
      Promise.allSettled(keys.map((key) => callLoader(load, name, key)));
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
      expect(batches).toEqual([9, 8]);
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
  const load = loadOf(domain);
  const asked = ids.map((id) => callLoader(load, 'one', id));
  const reasons = (await Promise.allSettled(asked)).map((each) => 'reason' in each && each.reason);
  expect(new Set(reasons)).toEqual(new Set([failure]));
  expect(reads).toBe(1);
});

describe('loaders of several executions, of which one asks for malformed ids', () => {
  const manyIds = (count: number, start: string) =>
    Array.from({ length: count }, (_, index) => `${start}${index}`);

  /** Loaders that find each id but those that begin with `malformed`, and how many reads began and run. */
  function setUp() {
    const running: number[] = [];
    let count = 0;
    const domain = defineDomain({
      name: 'things',
      typeDefs: [],
      loaders: {
        one: {
          async one(given: readonly string[]) {
            count += 1;
            running.push(count);
            await setImmediate();
            count -= 1;
            if (given.some((id) => id.startsWith('malformed'))) throw new Malformed();
            return given.map((id) => ({ id }));
          },
        },
      },
    });
    const createLoad = createLoads([domain], {
      context: { db: {} },
      isMalformed: (error) => error instanceof Malformed,
      maxRows: 1_000,
      beforeLoad: () => {},
    });
    const ask = (asked: readonly string[], load = createLoad()) =>
      Promise.allSettled(asked.map((id) => callLoader(load, 'one', id)));
    return { ask, createLoad, running };
  }

  class Malformed extends Error {}

  it('find one malformed id by few reads, one at a time', async () => {
    const { ask, running } = setUp();
    const results = await ask([...manyIds(499, 'id'), 'malformed']);
    expect(results.filter(({ status }) => status === 'rejected')).toMatchObject([
      { reason: expect.any(Malformed) },
    ]);
    expect(running.length).toBeLessThanOrEqual(2 * Math.ceil(Math.log2(500)) + 1);
    expect(Math.max(...running)).toBe(1);
  });

  it('answer the others by one more read, and refuse that one after 64', async () => {
    const { ask, running } = setUp();
    const attack = ask(manyIds(400, 'malformed'));
    let readsAtAnswer = Number.NaN;
    const neighbour = ask(['a', 'b']).then((results) => {
      readsAtAnswer = running.length;
      return results;
    });
    const values = [{ id: 'a' }, { id: 'b' }];
    expect(await neighbour).toEqual(values.map((value) => ({ status: 'fulfilled', value })));
    expect(readsAtAnswer).toBeLessThan(10);
    const tooMany = { reason: { extensions: { code: 'OPERATION_TOO_COMPLEX' } } };
    expect(await attack).toMatchObject(Array.from({ length: 400 }, () => tooMany));
    expect(running.length).toBeLessThanOrEqual(64 + 2);
    expect(Math.max(...running)).toBe(2);
  });

  it('count the reads of an execution over its batches', async () => {
    const { ask, createLoad } = setUp();
    const load = createLoad();
    for (let turn = 0; turn < 64; turn += 1) {
      expect(await ask([`malformed ${turn}`], load)).toMatchObject([
        { reason: expect.any(Malformed) },
      ]);
    }
    expect(await ask(['a'], load)).toMatchObject([{ value: { id: 'a' } }]);
    expect(await ask(['malformed'], load)).toMatchObject([
      { reason: { extensions: { code: 'OPERATION_TOO_COMPLEX' } } },
    ]);
    expect(await ask(['malformed'])).toMatchObject([{ reason: expect.any(Malformed) }]);
  });
});

it('find a UUID in any case, and every other text as it is', async () => {
  const uuid = '0196f3b0-4f4e-7d3a-9b1c-2a5d8e7f6c4b';
  const rows = [uuid, 'abc'].map((id) => ({ id }));
  const load = loadOf(
    defineDomain({ name: 'things', typeDefs: [], loaders: { one: { one: async () => rows } } }),
  );
  const asked = [uuid, uuid.toUpperCase(), 'abc', 'ABC'];
  expect(await Promise.all(asked.map((id) => callLoader(load, 'one', id)))).toEqual([
    { id: uuid },
    { id: uuid },
    { id: 'abc' },
    null,
  ]);
});

it('refuse an id with more rows than may be read, and none beside it', async () => {
  const limits: number[] = [];
  const many = async (owners: string[], { limit }: { readonly limit: number }) => {
    limits.push(limit);
    const counts = new Map([['big', 5]]);
    return owners
      .flatMap((owner) => Array.from({ length: counts.get(owner) ?? 1 }, () => ({ owner })))
      .slice(0, limit);
  };
  const loaders = { many: { many, key: 'owner' } };
  const domain = defineDomain({ name: 'things', typeDefs: [], loaders });
  const context = { db: {} };
  const load = createLoads([domain], { context, isMalformed, maxRows: 4, beforeLoad: () => {} })();
  const asked = ['a', 'big', 'b', 'c'].map((id) => callLoader(load, 'many', id));
  const results = await Promise.allSettled(asked);
  expect(results.map((each) => ('value' in each ? each.value : each.reason))).toEqual([
    [{ owner: 'a' }],
    expect.any(AnswerTooLargeError),
    [{ owner: 'b' }],
    [{ owner: 'c' }],
  ]);
  expect(new Set(limits)).toEqual(new Set([5]));
});
