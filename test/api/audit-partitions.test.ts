import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commandLine } from '../../src/changes/origin.ts';
import type { DatabaseConnection } from '../../src/database/connect.ts';
import { auditLog } from '../../src/identity/audit/audit-log.ts';
import { createMakePartitions } from '../../src/identity/audit/log-partitions.store.ts';
import { createPruneLog } from '../../src/identity/audit/log-prune.store.ts';
import { addEventAt, partitionsOf, partitionWith } from '../support/audit-partitions.ts';
import { storeDependencies } from '../support/store-dependencies.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';

let opened: TestDatabase;
let connection: DatabaseConnection;
beforeAll(async () => {
  opened = await createTestDatabase();
  connection = opened.owner;
});
afterAll(() => opened.close());

const makeAt = (at: string) =>
  createMakePartitions({ database: connection.database, now: () => new Date(at) }, auditLog)();
const add = (at: string, happened?: string) => addEventAt(connection.database, at, happened);
const partition = (id: string) => partitionWith(connection.database, id);
const sql = (text: string) => connection.database.$executeRawUnsafe(text);

describe('partitions of the audit log', () => {
  it('are there for the month of the migration and the next three', async () => {
    const [first = '', ...others] = await partitionsOf(connection.database);
    expect(first).toMatch(/^audit_events_20\d{4}$/);
    expect(others).toHaveLength(3);
  });

  it('are made for a month and the next three, over the end of a year, and only once', async () => {
    expect(await makeAt('2041-11-30T23:59:59.999Z')).toBe(4);
    expect(await makeAt('2041-11-01T00:00:00Z')).toBe(0);
    expect(await makeAt('2041-12-01T00:00:00Z')).toBe(1);
    expect((await partitionsOf(connection.database)).slice(-5)).toEqual(
      ['204111', '204112', '204201', '204202', '204203'].map((month) => `audit_events_${month}`),
    );
  });

  it.each([
    ['2041-12-31T23:59:59.999Z', 'audit_events_204112'],
    ['2042-01-01T00:00:00.000Z', 'audit_events_204201'],
    ['2042-02-28T23:59:59.999Z', 'audit_events_204202'],
    ['2042-03-01T00:00:00.000Z', 'audit_events_204203'],
    ['2042-03-31T23:59:59.999Z', 'audit_events_204203'],
    ['2042-04-01T00:00:00.000Z', 'audit_events_default'],
    ['1970-01-01T00:00:00.000Z', 'audit_events_default'],
  ])('have the event of %s in %s', async (at, name) => {
    expect(await partition(await add(at))).toBe(name);
  });

  it('take the events that came before them', async () => {
    const moved = await add('2043-05-31T12:00:00Z');
    const [before, after] = [await add('2043-04-30T12:00:00Z'), await add('2043-09-01T00:00:00Z')];
    expect(await makeAt('2043-05-31T12:00:01Z')).toBe(4);
    expect(await partition(moved)).toBe('audit_events_204305');
    for (const id of [before, after]) expect(await partition(id)).toBe('audit_events_default');
  });

  it('leave a month to the default partition that has too many of its events to move', async () => {
    await sql(`INSERT INTO gatehouse.audit_events (id, at, action)
      SELECT overlay(gen_random_uuid()::text PLACING first FROM 1 FOR 13)::uuid, now(), 'test.added'
      FROM generate_series(1, 10001), left(gatehouse.first_uuid_of('2044-01-20Z')::text, 13) AS first`);
    expect(await makeAt('2044-01-31T00:00:00Z')).toBe(3);
    expect(await partition(await add('2044-01-31T00:00:00Z'))).toBe('audit_events_default');
    expect(await partition(await add('2044-02-01T00:00:00Z'))).toBe('audit_events_204402');
  });

  it.each(['audit_events', 'audit_events_204112', 'audit_events_default'])(
    'cannot be changed: %s',
    async (table) => {
      await makeAt('2041-11-01T00:00:00Z');
      await add('2041-12-24T00:00:00Z');
      for (const text of [
        `UPDATE gatehouse.${table} SET action = 'x.y'`,
        `DELETE FROM gatehouse.${table}`,
        `TRUNCATE gatehouse.${table}`,
      ]) {
        await expect(sql(text)).rejects.toThrow('append-only');
      }
    },
  );
});

describe('pruning the audit log by months', () => {
  let emptied: TestDatabase;
  beforeAll(async () => {
    emptied = await createTestDatabase();
  });
  afterAll(() => emptied.close());

  it('drops whole months, and deletes the rest', async () => {
    const { database } = emptied.owner;
    const now = () => new Date('2026-03-20T00:00:00Z');
    await createMakePartitions(
      { database, now: () => new Date('2026-01-05T00:00:00Z') },
      auditLog,
    )();
    await addEventAt(database, '2025-06-01T00:00:00Z');
    for (const day of ['01-01', '01-31', '02-10', '03-01', '03-10', '03-15']) {
      await addEventAt(database, `2026-${day}T00:00:00Z`);
    }
    // Its id was made after the clock had been set back.
    const late = await addEventAt(database, '2026-02-28T00:00:00Z', '2026-03-16T00:00:00Z');
    const prune = createPruneLog(storeDependencies({ database, now }), auditLog);

    expect(await prune(new Date('2026-03-15T00:00:00Z'), commandLine)).toBe(6);
    const left = await database.auditEvent.findMany({ where: { action: 'test.added' } });
    expect(left.map(({ at }) => at.toISOString().slice(0, 10)).sort()).toEqual([
      '2026-03-15',
      '2026-03-16',
    ]);
    expect(await partitionWith(database, late)).toBe('audit_events_202602');
    const names = await partitionsOf(database);
    expect(names.slice(0, 3)).toEqual(
      ['202602', '202603', '202604'].map((month) => `audit_events_${month}`),
    );
    const events = await database.auditEvent.findMany({
      where: { action: 'audit.pruned' },
      orderBy: { id: 'asc' },
    });
    const limit = 'events before 2026-03-15T00:00:00.000Z; command line';
    expect(events.map(({ detail }) => detail)).toEqual([`2 ${limit}`, `4 ${limit}`]);
  });

  it('keeps a month that is not over, and reports no empty one', async () => {
    const { database } = emptied.owner;
    const now = () => new Date('2026-04-20T00:00:00Z');
    const prune = createPruneLog(storeDependencies({ database, now }), auditLog);
    expect(await prune(new Date('2026-04-01T00:00:00Z'), commandLine)).toBe(2);
    expect((await partitionsOf(database)).slice(0, 1)).toEqual(['audit_events_202604']);
    expect(await prune(new Date('2026-04-20T00:00:00Z'), commandLine)).toBe(0);
    expect((await partitionsOf(database)).slice(0, 1)).toEqual(['audit_events_202604']);
  });
});
