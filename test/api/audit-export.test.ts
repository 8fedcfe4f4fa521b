import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { auditLog } from '../../src/identity/audit/audit-log.ts';
import { createExportLog } from '../../src/identity/audit/log-export.store.ts';
import { addEventAt, partitionsOf } from '../support/audit-partitions.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';

let connection: TestDatabase;
const ids: string[] = [];
beforeAll(async () => {
  connection = await createTestDatabase();
  for (let day = 10; day < 30; day += 1) {
    ids.push(await addEventAt(connection.owner.database, `2026-01-${day}T00:00:00Z`));
  }
});
afterAll(() => connection.close());

/** Exports in pages of three, and returns the ids of each page. */
async function pagesOf(
  range: Parameters<ReturnType<typeof createExportLog>>[0],
  onPage: () => Promise<unknown> = async () => {},
): Promise<readonly (readonly string[])[]> {
  const pages: string[][] = [];
  await createExportLog(connection, { ...auditLog, pageSize: 3 })(range, async (events) => {
    pages.push(events.map(({ id }) => id));
    await onPage();
  });
  return pages;
}

describe('the export of the audit log', () => {
  it('has all events in the order of their ids, in pages', async () => {
    const pages = await pagesOf({});
    expect(pages.flat()).toEqual(ids);
    expect(pages.map(({ length }) => length)).toEqual([3, 3, 3, 3, 3, 3, 2]);
  });

  it('continues after an event, and has only events of the given range', async () => {
    expect((await pagesOf({ afterId: ids[16] ?? '' })).flat()).toEqual(ids.slice(17));
    expect((await pagesOf({ sinceId: ids[4] ?? '', untilId: ids[9] ?? '' })).flat()).toEqual(
      ids.slice(4, 9),
    );
    const range = { afterId: ids[6] ?? '', sinceId: ids[4] ?? '', untilId: ids[9] ?? '' };
    expect((await pagesOf(range)).flat()).toEqual(ids.slice(7, 9));
    expect(await pagesOf({ afterId: ids.at(-1) ?? '' })).toEqual([]);
  });

  it('ends with the error of its consumer, and leaves the database usable', async () => {
    const failed = pagesOf({}, () => Promise.reject(new Error('The disk is full.')));
    await expect(failed).rejects.toThrow('The disk is full.');
    expect((await pagesOf({})).flat()).toEqual(ids);
  });

  // The embedded database has one connection: while an export runs, nothing else does.
  it.runIf(process.env.TEST_DATABASE_KIND === 'postgresql')(
    'is a snapshot: it has no event that was added since, and all of months that are pruned',
    async () => {
      const { database } = connection.owner;
      await database.$queryRaw`SELECT gatehouse.make_audit_partitions('2026-03-01Z')`;
      const late = await addEventAt(database, '2026-03-10T00:00:00Z');
      const dropped: unknown[] = [];
      const pages = await pagesOf({}, async () => {
        await addEventAt(database, '2026-01-05T00:00:00Z');
        await addEventAt(database, '2026-03-11T00:00:00Z');
        dropped.push(
          await database.$queryRaw`SELECT gatehouse.drop_audit_partition('202603') AS done`,
        );
      });
      expect(pages.flat()).toEqual([...ids, late]);
      expect(new Set(dropped.flat().map((row) => JSON.stringify(row)))).toEqual(
        new Set(['{"done":false}']),
      );
      expect(await partitionsOf(database)).toContain('audit_events_202603');
      expect((await pagesOf({})).flat()).toHaveLength(ids.length + 1 + 2 * pages.length);
    },
  );
});
