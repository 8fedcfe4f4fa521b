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
    const secretHash = new Uint8Array(32);
    await first.database.apiClient.create({ data: { name: 'Lab', groups: [], secretHash } });
    expect(first.kind).toBe(kind);
    expect(await first.database.apiClient.count()).toBe(1);
    expect(await second.database.apiClient.count()).toBe(0);
    await Promise.all([first.close(), second.close()]);
  });
});
