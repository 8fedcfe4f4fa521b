import { afterEach, describe, expect, it, vi } from 'vitest';
import { createTestDatabase } from '../support/test-database.ts';
import { databaseKinds } from './databases.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

describe.each(databaseKinds)('connectEmpty, of kind $kind', ({ connectEmpty }) => {
  it('gives none of what another test left', async () => {
    const list = `SELECT nspname AS name FROM pg_namespace WHERE nspname NOT LIKE 'pg\\_%'
      UNION SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace ORDER BY name`;
    const empty = [{ name: 'information_schema' }, { name: 'public' }];
    for (const leftover of ['public.one', 'gatehouse.one', undefined]) {
      const connection = await connectEmpty();
      expect(await connection.migrations.query(list)).toEqual(empty);
      if (leftover !== undefined) {
        await connection.migrations.query('CREATE SCHEMA gatehouse');
        await connection.migrations.query(`CREATE TABLE ${leftover} ()`);
      }
      await connection.close();
    }
  });
});

describe.each(databaseKinds)('createTestDatabase, of kind $kind', ({ kind }) => {
  it('gives each caller a migrated database of its own', async () => {
    vi.stubEnv('TEST_DATABASE_KIND', kind);
    const [first, second] = await Promise.all([createTestDatabase(), createTestDatabase()]);
    const secretHash = new Uint8Array(32);
    await first.database.apiClient.create({ data: { name: 'Lab', groups: [], secretHash } });
    expect(first.kind).toBe(kind);
    expect(await first.database.apiClient.count()).toBe(1);
    expect(await second.database.apiClient.count()).toBe(0);
    await Promise.all([first.close(), second.close()]);
  });

  it('gives none of what another test left, and nothing to that test', async () => {
    vi.stubEnv('TEST_DATABASE_KIND', kind);
    const first = await createTestDatabase();
    const notes = await first.database.migrationNote.count();
    const secretHash = new Uint8Array(32);
    await first.database.apiClient.create({ data: { name: 'Lab', groups: [], secretHash } });
    await first.owner.database.$executeRaw`ALTER TABLE gatehouse.users ADD COLUMN color text`;
    await first.close();
    await expect(first.database.apiClient.count()).rejects.toThrow();

    const second = await createTestDatabase();
    await second.database.apiClient.create({ data: { name: 'Lab', groups: [], secretHash } });
    await second.close();

    const third = await createTestDatabase();
    expect(await third.database.apiClient.count()).toBe(0);
    expect(await third.database.migrationNote.count()).toBe(notes);
    const query = "SELECT 1 FROM information_schema.columns WHERE column_name = 'color'";
    expect(await third.migrations.query(query)).toEqual([]);
    await third.close();
  });
});
