import { afterEach, describe, expect, it, vi } from 'vitest';
import { createTestDatabase } from '../support/test-database.ts';
import { databaseKinds } from './databases.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

describe.each(databaseKinds)('createTestDatabase, of kind $kind', ({ kind }) => {
  it('gives each caller a migrated database of its own', async () => {
    vi.stubEnv('TEST_DATABASE_KIND', kind);
    const [first, second] = await Promise.all([createTestDatabase(), createTestDatabase()]);
    await first.database.room.create({ data: { name: 'Lab', floor: 1, groups: ['STAFF'] } });
    expect(first.kind).toBe(kind);
    expect(await first.database.room.count()).toBe(1);
    expect(await second.database.room.count()).toBe(0);
    await Promise.all([first.close(), second.close()]);
  });
});
