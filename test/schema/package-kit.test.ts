import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { GatehousePackage } from '../../src/index.ts';
import {
  anyOf,
  definePackage,
  findRow,
  fragment,
  hasRows,
  readRow,
  readRows,
  removeRows,
  runSql,
  type Sql,
  withParts,
} from '../../src/package.ts';
import { packageDomains, packageRuntimes } from '../../src/schema/packages/package-calls.ts';
import { createGroups } from '../../src/values/groups.ts';

/** A database that answers each statement with these rows, and notes what it was asked. */
function recorder(...answers: readonly (readonly unknown[])[]) {
  const asked: unknown[][] = [];
  const sql: Sql = {
    async $queryRawUnsafe(text, ...values) {
      asked.push([text.replaceAll(/\s+/g, ' '), ...values]);
      return answers[asked.length - 1] ?? [];
    },
  };
  return { sql, asked };
}

describe('a statement', () => {
  it('binds all values, in their order, also those of fragments', async () => {
    const { sql, asked } = recorder();
    const at = new Date('2026-12-01T12:00:00Z');
    const isDue = fragment`due_at < ${at}::timestamptz`;
    const own = fragment`owner = ${"'; DROP TABLE x"} AND ${isDue}`;
    await runSql(sql)`
      UPDATE x SET a = ${1}::int, b = ${null}::text WHERE ${own} AND ${isDue} AND c = ${true}::boolean`;
    expect(asked).toEqual([
      [
        'UPDATE x SET a = $1::int, b = $2::text WHERE owner = $3 AND due_at < $4::timestamptz AND due_at < $5::timestamptz AND c = $6::boolean',
        1,
        null,
        "'; DROP TABLE x",
        at.toISOString(),
        at.toISOString(),
        true,
      ],
    ]);
  });

  it.each([
    { what: 'an object that looks like a fragment', value: { texts: ['1 = 1'], values: [] } },
    { what: 'a list', value: ['a'] },
    { what: 'undefined', value: undefined },
  ])('rejects $what as a value, before anything runs', async ({ value }) => {
    const { sql, asked } = recorder();
    const texts = Object.assign(['SELECT ', ''], { raw: ['SELECT ', ''] });
    await expect(Reflect.apply(runSql(sql), undefined, [texts, value])).rejects.toThrow(TypeError);
    expect(asked).toEqual([]);
  });

  it('returns rows as its schema parses them, and refuses others', async () => {
    const schema = z.object({ id: z.string() });
    const { sql } = recorder([{ id: 'a', more: 1 }, { id: 'b' }], [], [{ id: 1 }], [], [{}], []);
    expect(await readRows(sql, schema)`SELECT 1`).toEqual([{ id: 'a' }, { id: 'b' }]);
    expect(await findRow(sql, schema)`SELECT 2`).toBeUndefined();
    await expect(readRow(sql, schema)`SELECT 3`).rejects.toThrow(z.ZodError);
    await expect(readRow(sql, schema)`SELECT 4`).rejects.toThrow('no row');
    expect(await hasRows(sql)`SELECT 5`).toBe(true);
    expect(await hasRows(sql)`SELECT 6`).toBe(false);
  });

  it('passes a list of ids as one value', async () => {
    const { sql, asked } = recorder();
    await runSql(sql)`DELETE FROM x WHERE id = ${anyOf(['a', 'b'])}`;
    expect(asked[0]?.slice(1)).toEqual(['["a","b"]']);
  });

  it('removes rows in batches, until one is not full or the node stops', async () => {
    const full = Array.from({ length: 1000 }, () => ({}));
    const rows = { table: fragment`x`, key: fragment`id`, condition: fragment`old` };
    const whole = recorder(full, full, [{}]);
    await removeRows(whole.sql, rows, () => false);
    expect(whole.asked).toHaveLength(3);
    const stopped = recorder(full, full);
    await removeRows(stopped.sql, rows, () => stopped.asked.length === 1);
    expect(stopped.asked).toHaveLength(1);
  });
});

/** A part of the runtime that no test here uses. */
const unused = <Value>(): Value => z.custom<Value>().parse({});

/** A process with a package, whose parts its field `opened` returns. */
function startProcess(owner: GatehousePackage) {
  const log = { info() {}, warn() {}, error() {} };
  const project = { directory: '.', config: { packages: [owner] } };
  const runtimes = packageRuntimes({
    project,
    config: {
      isProduction: false,
      origins: [],
      ofPackages: {},
      operationLimits: { maxTokens: 1000 },
    },
    groups: () => createGroups([]),
    logger: log,
    access: unused(),
    sql: unused(),
    accounts: unused(),
    history: unused(),
    reports: unused(),
    composed: unused(),
    now: () => new Date(0),
    randomBytes: (size) => new Uint8Array(size),
    addressKey: (ip) => ip,
  });
  const [domain] = packageDomains(project, () => runtimes);
  const { Query } = z
    .object({ Query: z.object({ opened: z.custom<() => Promise<unknown>>() }) })
    .parse(domain?.resolvers);
  return () => Query.opened();
}

describe('a package', () => {
  const counting = () => {
    let opened = 0;
    const owner = definePackage({
      name: 'counting',
      open: async () => {
        opened += 1;
        if (opened === 1) throw new Error('The database is unavailable.');
        return { number: opened };
      },
      domains: (parts) => [
        {
          name: 'counting',
          typeDefs: '',
          resolvers: { Query: withParts(parts, { opened: ({ number }) => number }) },
        },
      ],
    });
    return owner;
  };

  it('is opened once in a process, and again after an error', async () => {
    const ask = startProcess(counting());
    const atOnce = await Promise.allSettled([ask(), ask()]);
    expect(atOnce.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(await Promise.all([ask(), ask()])).toEqual([2, 2]);
    expect(await ask()).toBe(2);
  });

  it('is opened in each process of a configuration', async () => {
    const owner = counting();
    const [first, second] = [startProcess(owner), startProcess(owner)];
    await expect(first()).rejects.toThrow('unavailable');
    expect([await first(), await second(), await first()]).toEqual([2, 3, 2]);
  });

  it('gets its runtime alone when it does not say how it is opened', async () => {
    const plain = definePackage({
      name: 'plain',
      domains: (parts) => [
        {
          name: 'plain',
          typeDefs: '',
          resolvers: { Query: withParts(parts, { opened: ({ now }) => now() }) },
        },
      ],
    });
    expect(await startProcess(plain)()).toEqual(new Date(0));
  });
});
