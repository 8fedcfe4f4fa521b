import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { reviewMigrations } from '../../src/database/migrations/review-migrations.ts';
import { connectEmptyMemory } from './databases.ts';

const prismaFolder = fileURLToPath(new URL('../../prisma', import.meta.url));

describe('the search for what no migration makes', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'gatehouse-prisma-'));
    await cp(prismaFolder, folder, { recursive: true });
  });

  afterEach(() => rm(folder, { recursive: true }));

  const find = async () =>
    (
      await reviewMigrations({
        schema: 'gatehouse',
        schemaPath: join(folder, 'schema.prisma'),
        migrationsDirectory: join(folder, 'migrations'),
        connectShadow: connectEmptyMemory,
      })
    ).unmigrated;

  async function edit(change: (schema: string) => string): Promise<void> {
    const path = join(folder, 'schema.prisma');
    await writeFile(path, change(await readFile(path, 'utf8')));
  }

  it('finds nothing where the migrations make the schema', async () => {
    expect(await find()).toEqual([]);
  });

  it('finds columns, and a table once, by their names in the database', async () => {
    await edit(
      (schema) =>
        `${schema.replace(/^ {2}email .*$/m, '$&\n  color String @map("colour")')}
model Shade {
  id    String @id
  light Int
  @@map("shades")
  @@schema("gatehouse")
}`,
    );
    expect(await find()).toEqual([{ table: 'shades' }, { table: 'users', column: 'colour' }]);
  });

  it('accepts what the migrations make beyond the schema', async () => {
    await edit((schema) => schema.replace(/^ {2}email .*$/m, ''));
    expect(await find()).toEqual([]);
  });

  it('names tables of other PostgreSQL schemas with them', async () => {
    const options = { schema: 'public', connectShadow: connectEmptyMemory };
    const schemaPath = join(folder, 'schema.prisma');
    const { unmigrated } = await reviewMigrations({
      ...options,
      schemaPath,
      migrationsDirectory: folder + 1,
    });
    expect(unmigrated).toContainEqual({ table: 'gatehouse.users' });
  });

  it('finds every table where there are no migrations', async () => {
    await rm(join(folder, 'migrations'), { recursive: true });
    const found = await find();
    expect(found).toContainEqual({ table: 'users' });
    expect(found.filter(({ column }) => column !== undefined)).toEqual([]);
  });
});
