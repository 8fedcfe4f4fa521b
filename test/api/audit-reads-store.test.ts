import { createHash, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createAddReads } from '../../packages/rights/src/reads/add-reads.ts';
import { readLog } from '../../packages/rights/src/reads/read-log.ts';
import type { NewRead, RecordKey } from '../../packages/rights/src/reads/read-record.ts';
import { readReadsOf } from '../../packages/rights/src/reads/reads.store.ts';
import { commandLine } from '../../src/changes/origin.ts';
import type { DatabaseConnection } from '../../src/database/connection.ts';
import { createLogStore } from '../../src/identity/audit/log.store.ts';
import type { LogTable } from '../../src/values/log-table.ts';
import { partitionsOf } from '../support/audit-partitions.ts';
import { packageDatabase } from '../support/package-database.ts';
import { readReads } from '../support/rights-tables.ts';
import { storeDependencies } from '../support/store-dependencies.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';
import { startTestServer } from '../support/test-server.ts';

let opened: TestDatabase;
beforeAll(async () => {
  opened = await createTestDatabase();
});
afterAll(() => opened.close());

const log: LogTable = {
  ...readLog,
  name: 'reads',
  table: 'gatehouse_rights.reads',
  pageSize: 7,
  daysKept: undefined,
};

const exportedSchema = z.object({ at: z.date(), id: z.string(), ids: z.array(z.string()) }).loose();

function storeOf(connection: DatabaseConnection, now = () => new Date()) {
  const sql = packageDatabase(connection);
  return {
    ...createLogStore(storeDependencies({ database: connection.database, now }), log),
    add: createAddReads({ sql, now, randomBytes }),
    page: (
      page: { readonly limit: number; readonly afterId: string | undefined },
      key: RecordKey,
    ) => readReadsOf(sql, key, page),
  };
}

const exportFrom = async ({ owner }: TestDatabase, afterId?: string) => {
  const rows: z.infer<typeof exportedSchema>[] = [];
  const range = afterId === undefined ? {} : { afterId };
  await storeOf(owner).export(range, async (page) => {
    rows.push(...page.map((row) => exportedSchema.parse(row)));
  });
  return rows;
};

const userId = '01930000-0000-7000-8000-000000000001';
const aRead = (given: Partial<NewRead> = {}): NewRead => ({
  coordinate: 'Invoice.total',
  type: 'Invoice',
  ids: ['i1'],
  actor: { kind: 'USER', id: userId },
  ip: '192.0.2.1',
  operation: 'a'.repeat(64),
  requestId: 'r1',
  ...given,
});

const idsFrom = (start: number, count: number) =>
  Array.from({ length: count }, (_, index) => `invoice ${start + index}`);

/** Lists that repeat, some with more ids than a row has, and ids with every character that a text can have. */
const anyIds = fc.oneof(
  fc.uniqueArray(fc.string({ unit: 'grapheme', maxLength: 8 }), { maxLength: 4 }),
  fc
    .constantFrom([0, 40], [0, 41], [7, 40], [0, 1_000], [0, 1_001], [5, 2_500])
    .map(([start = 0, count = 0]) => idsFrom(start, count)),
);
const anyRead: fc.Arbitrary<NewRead> = fc.record({
  coordinate: fc.constantFrom('Invoice.total', 'Invoice.customer', 'Query.rates'),
  type: fc.constantFrom('Invoice', 'Customer', null),
  ids: anyIds,
  actor: fc.constantFrom(null, { kind: 'API_CLIENT', id: userId } as const),
  ip: fc.constantFrom(null, '2001:db8::1'),
  operation: fc.constantFrom('invoices', 'b'.repeat(64)),
  requestId: fc.uuid(),
});

/** The rows of reads: one for each thousand ids. PostgreSQL has no NUL, and the separator is in no id. */
const rowsOf = ({ actor, ids, ...read }: NewRead) => {
  const clean = ids.map((id) => id.replaceAll('\0', '\ufffd').replaceAll('\u001f', '\ufffd'));
  const parts = Array.from({ length: Math.max(1, Math.ceil(ids.length / 1_000)) }, (_, part) =>
    clean.slice(part * 1_000, (part + 1) * 1_000),
  );
  return parts.map((some) => ({
    ...read,
    ids: some,
    actorKind: actor?.kind ?? null,
    actorId: actor?.id ?? null,
  }));
};

describe('the records of reads', () => {
  it('hold all that was recorded, however often the same lists', async () => {
    const store = storeOf(opened);
    let lastId: string | undefined;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(anyRead, { minLength: 1, maxLength: 4 }), { maxLength: 4 }),
        async (writes) => {
          for (const reads of writes) await store.add(reads);
          const rows = await exportFrom(opened, lastId);
          lastId = rows.at(-1)?.id ?? lastId;
          expect(rows.map(({ id: _id, at: _at, ...row }) => row)).toEqual(
            writes.flat().flatMap(rowsOf),
          );
        },
      ),
      { numRuns: 15 },
    );
  });

  it('are found by type and id, latest first, in pages', async () => {
    const store = storeOf(opened);
    const list = idsFrom(90_000, 50);
    const reads = [
      aRead({ ids: ['i7'] }),
      aRead({ ids: [...list, 'i7'] }),
      aRead({ ids: list }),
      aRead({ ids: [...list, 'i7'], coordinate: 'Invoice.customer' }),
      aRead({ ids: ['i7'], type: 'Customer' }),
      aRead({ ids: ['i77', 'i'], actor: null }),
    ];
    for (const each of reads) await store.add([each]);
    const find = (id: string, afterId?: string) =>
      store.page({ limit: 2, afterId }, { type: 'Invoice', id });
    const [latest, next] = await find('i7');
    expect([latest?.coordinate, next?.coordinate]).toEqual(['Invoice.customer', 'Invoice.total']);
    expect(latest).toMatchObject({ actorKind: 'USER', actorId: userId, ip: '192.0.2.1' });
    const last = await find('i7', next?.id);
    expect(last.map(({ at }) => at <= (next?.at ?? new Date(0)))).toEqual([true]);
    expect(await find('i7', last[0]?.id)).toEqual([]);
    expect(await find('i8')).toEqual([]);
    expect(await find('i77')).toMatchObject([{ actorKind: null, actorId: null }]);
  });

  it('have an empty id, which is found', async () => {
    const store = storeOf(opened);
    await store.add([aRead({ type: 'Nameless', ids: [''] }), aRead({ type: 'Nameless', ids: [] })]);
    const found = await store.page({ limit: 2, afterId: undefined }, { type: 'Nameless', id: '' });
    expect(found).toHaveLength(1);
  });

  it.each([1_000, 1_001, 3_000, 100_000])(
    'have an id of %i bytes, which is found',
    async (bytes) => {
      const store = storeOf(opened);
      const random = randomBytes(bytes).toString('hex').slice(0, bytes);
      const wide = `${'\u6f22'.repeat(Math.floor(bytes / 3) - 10)}${random.slice(0, 30 + (bytes % 3))}`;
      for (const id of [random, wide]) {
        await store.add([aRead({ ids: [id] })]);
        const found = await store.page({ limit: 2, afterId: undefined }, { type: 'Invoice', id });
        expect(found).toHaveLength(1);
      }
      const stored = (await exportFrom(opened)).at(-1)?.ids[0] ?? '';
      const digest = createHash('sha256').update(wide).digest('hex');
      expect(stored).toBe(bytes === 1_000 ? wide : `${wide.slice(0, 200)}...sha256:${digest}`);
    },
  );

  it.each(['reads', 'reads_default'])('cannot be changed: %s', async (table) => {
    await storeOf(opened.owner, () => new Date('2001-01-01')).add([aRead()]);
    await storeOf(opened).add([aRead()]);
    for (const text of [
      `UPDATE gatehouse_rights.${table} SET coordinate = 'X.y'`,
      `DELETE FROM gatehouse_rights.${table}`,
      `TRUNCATE gatehouse_rights.${table}`,
    ]) {
      await expect(opened.owner.database.$executeRawUnsafe(text)).rejects.toThrow('append-only');
    }
  });
});

describe('pruning the records of reads', () => {
  let emptied: TestDatabase;
  beforeAll(async () => {
    emptied = await createTestDatabase();
  });
  afterAll(() => emptied.close());

  it('removes single rows, drops whole months, and leaves the events alone', async () => {
    const { database } = emptied.owner;
    let now = new Date('2026-01-05T00:00:00Z');
    const store = storeOf(emptied.owner, () => now);
    await store.makePartitions();
    for (const day of ['01-01T00:00', '01-31T23:59', '03-01T10:00', '03-09T23:59', '03-10T00:00']) {
      now = new Date(`2026-${day}:00Z`);
      await store.add([aRead({ ids: idsFrom(0, 40) }), aRead({ ids: idsFrom(0, 40) })]);
    }
    now = new Date('2026-03-20T00:00:00Z');
    expect(await store.prune(new Date('2026-03-10T00:00:00Z'), commandLine)).toBe(8);
    const left = await exportFrom(emptied);
    expect(left.map(({ at, ids }) => [at.toISOString(), ids.length])).toEqual([
      ['2026-03-10T00:00:00.000Z', 40],
      ['2026-03-10T00:00:00.000Z', 40],
    ]);
    const months = (await partitionsOf(database, 'gatehouse_rights.reads')).filter(
      (name) => name < 'reads_202605',
    );
    expect(months).toEqual(['202603', '202604'].map((month) => `reads_${month}`));
    const events = await database.auditEvent.findMany({ orderBy: { id: 'asc' } });
    const limit = 'reads before 2026-03-10T00:00:00.000Z; command line';
    expect(events.map(({ action, detail }) => `${action}: ${detail}`)).toEqual([
      `reads.pruned: 4 ${limit}`,
      `reads.pruned: 4 ${limit}`,
    ]);
  });

  it('is done by a server for the days of its settings, whole days', async () => {
    const { owner } = emptied;
    const times = async () => (await readReads(owner.database)).map(({ at }) => at.getTime());
    const dayMs = 24 * 60 * 60 * 1000;
    const firstMs = Math.floor(Date.now() / dayMs - 30) * dayMs;
    for (const atMs of [firstMs - 1, firstMs]) {
      await storeOf(owner, () => new Date(atMs)).add([aRead()]);
    }
    const server = await startTestServer({
      connection: owner,
      environment: { AUDIT_READS_DAYS: '30' },
    });
    await expect.poll(times).toEqual([firstMs]);
    await server.stop();
  });
});
