import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commandLine } from '../../src/changes/origin.ts';
import { connectPostgres } from '../../src/database/connect/connect-postgres.ts';
import type { DatabaseConnection } from '../../src/database/connection.ts';
import { grantNode } from '../../src/database/migrations/grant-node.ts';
import { migrate } from '../../src/database/migrations/migrate.ts';
import { auditLog } from '../../src/identity/audit/audit-log.ts';
import { createMakePartitions } from '../../src/identity/audit/log-partitions.store.ts';
import { createPruneLog } from '../../src/identity/audit/log-prune.store.ts';
import { addEventAt, partitionsOf } from '../support/audit-partitions.ts';
import { roles } from '../support/postgres-database.ts';
import { storeDependencies } from '../support/store-dependencies.ts';
import {
  createPostgresDatabase,
  migrationsDirectory,
  type PostgresDatabase,
} from '../support/test-database.ts';
import { hasPostgres } from './databases.ts';

describe.runIf(hasPostgres)('locks of the audit log', () => {
  let postgres: PostgresDatabase;
  let owner: DatabaseConnection;
  let node: DatabaseConnection;
  let reader: pg.Client;
  beforeAll(async () => {
    postgres = await createPostgresDatabase();
    owner = connectPostgres({ url: postgres.url, onPoolError: () => {} });
    await migrate({ connection: owner, migrationsDirectory });
    node = connectPostgres({ url: postgres.nodeUrl, onPoolError: () => {} });
    reader = new pg.Client({ connectionString: postgres.url });
    await reader.connect();
  });
  afterAll(async () => {
    await Promise.all([owner.close(), node.close(), reader.end()]);
    await postgres.drop();
  });

  const makeAt = (at: string, { database } = owner) =>
    createMakePartitions({ database, now: () => new Date(at) }, auditLog)();
  const pruneBefore = (before: string, { database }: DatabaseConnection, patienceMs = 0) =>
    createPruneLog(
      storeDependencies({ database, now: () => new Date('2026-12-31T00:00:00Z') }),
      auditLog,
      {
        patienceMs,
      },
    )(new Date(before), commandLine);
  const reading = async (work: () => Promise<void>) => {
    await reader.query('BEGIN; SELECT count(*) FROM gatehouse.audit_events');
    try {
      await work();
    } finally {
      await reader.query('ROLLBACK');
    }
  };

  it('let several nodes make the same partitions at once', async () => {
    const made = await Promise.all(Array.from({ length: 8 }, () => makeAt('2031-03-01T00:00:00Z')));
    expect(made.reduce((sum, count) => sum + count)).toBe(4);
  });

  it('let events be added while a month cannot be dropped, and drop it later', async () => {
    await makeAt('2026-01-01T00:00:00Z');
    await addEventAt(owner.database, '2026-01-02T00:00:00Z');
    await reading(async () => {
      const pruning = pruneBefore('2026-02-01T00:00:00Z', owner, 2_000);
      let isOver = false;
      const rejects = expect(pruning.finally(() => (isOver = true))).rejects.toThrow('is in use');
      let added = 0;
      for (; !isOver; added += 1) await addEventAt(owner.database, '2026-04-02T00:00:00Z');
      expect(added).toBeGreaterThan(1);
      await rejects;
    });
    expect(await partitionsOf(owner.database)).toContain('audit_events_202601');
    expect(await owner.database.auditEvent.count({ where: { action: 'audit.pruned' } })).toBe(0);
    expect(await pruneBefore('2026-02-01T00:00:00Z', owner)).toBe(1);
    expect(await partitionsOf(owner.database)).not.toContain('audit_events_202601');
  });

  it('let events be added while no partition can be made, and make it later', async () => {
    await reading(async () => {
      await expect(makeAt('2032-01-01T00:00:00Z')).rejects.toThrow('lock timeout');
      await addEventAt(owner.database, '2026-04-02T00:00:00Z');
      await addEventAt(owner.database, '2032-01-01T00:00:00Z');
    });
    expect(await makeAt('2032-01-01T00:00:00Z')).toBe(4);
  });

  it('let a role make partitions that may add events, and no other one', async () => {
    const month = new Date().toISOString().slice(0, 7).replace('-', '');
    await owner.migrations.query(`DROP TABLE gatehouse.audit_events_${month}`);
    const make = () => makeAt(new Date().toISOString(), node);
    await owner.migrations.query(`GRANT USAGE ON SCHEMA gatehouse TO ${roles.node}`);
    await expect(make()).rejects.toThrow('permission denied');
    await grantNode(owner, roles.node);
    expect(await make()).toBe(1);
  });
});
