import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commandLine } from '../../src/changes/origin.ts';
import type { DatabaseConnection } from '../../src/database/connect.ts';
import { auditLog } from '../../src/identity/audit/audit-log.ts';
import { createPruneLog } from '../../src/identity/audit/log-prune.store.ts';
import { createUuid } from '../../src/values/uuid.ts';
import { storeDependencies } from '../support/store-dependencies.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';

let opened: TestDatabase;
let connection: DatabaseConnection;
beforeAll(async () => {
  opened = await createTestDatabase();
  connection = opened.owner;
});
afterAll(() => opened.close());

const hourMs = 60 * 60 * 1000;
const start = Date.parse('2026-03-01T00:00:00Z');
const hour = (number: number) => new Date(start + number * hourMs);
const now = () => hour(48);

/** Adds one event for each hour of a day, and prunes; three events are the most of a batch. */
async function pruneADay(before: Date): Promise<number> {
  const data = Array.from({ length: 24 }, (_, number) => ({
    id: createUuid(hour(number), randomBytes),
    at: hour(number),
    action: 'login.failed',
  }));
  await connection.database.auditEvent.createMany({ data });
  return createPruneLog(storeDependencies({ database: connection.database, now }), auditLog, {
    batchSize: 3,
  })(before, commandLine);
}

const events = (action: string) =>
  connection.database.auditEvent.findMany({ where: { action }, orderBy: { id: 'asc' } });

describe('pruning the audit log', () => {
  it('removes what is older, in batches that each leave an event behind', async () => {
    expect(await pruneADay(hour(8))).toBe(8);
    const left = await events('login.failed');
    expect(left.map(({ at }) => at)).toEqual(
      Array.from({ length: 16 }, (_, number) => hour(number + 8)),
    );
    const bound = hour(8).toISOString();
    expect((await events('audit.pruned')).map(({ at, detail }) => ({ at, detail }))).toEqual(
      [3, 3, 2].map((count) => ({
        at: now(),
        detail: `${count} events before ${bound}; command line`,
      })),
    );
  });

  it('removes each row once, and reports nothing when no row is removed', async () => {
    const prune = createPruneLog(
      storeDependencies({ database: connection.database, now }),
      auditLog,
      {
        batchSize: 3,
      },
    );
    expect(await prune(hour(8), commandLine)).toBe(0);
    expect(await events('audit.pruned')).toHaveLength(3);
  });

  it('counts each event once when it runs twice at once', async () => {
    const prune = createPruneLog(
      storeDependencies({ database: connection.database, now }),
      auditLog,
      {
        batchSize: 3,
      },
    );
    const counts = await Promise.all([prune(hour(20), commandLine), prune(hour(20), commandLine)]);
    expect(counts.reduce((sum, count) => sum + count)).toBe(12);
    expect(await events('login.failed')).toHaveLength(4);
  });

  it('leaves what is not yet over alone', async () => {
    const prune = createPruneLog(
      storeDependencies({ database: connection.database, now }),
      auditLog,
    );
    for (const before of [hour(49), new Date(Number.NaN)]) {
      await expect(prune(before, commandLine)).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
    }
    expect(await events('login.failed')).toHaveLength(4);
  });

  it('finds nothing before Unix time', async () => {
    const prune = createPruneLog(
      storeDependencies({ database: connection.database, now }),
      auditLog,
    );
    for (const before of ['1970-01-01', '1969-12-30', '0000-01-01']) {
      expect(await prune(new Date(before), commandLine)).toBe(0);
    }
    expect(await events('login.failed')).toHaveLength(4);
  });

  it('is no way out for anyone else, not even afterwards', async () => {
    await expect(
      connection.database
        .$executeRaw`DELETE FROM gatehouse.audit_events WHERE action = 'login.failed'`,
    ).rejects.toThrow('append-only');
    expect(await events('login.failed')).toHaveLength(4);
  });
});
