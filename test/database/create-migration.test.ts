import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createMigration } from '../../src/database/migrations/create-migration.ts';
import { migrate } from '../../src/database/migrations/migrate.ts';
import { connectEmptyMemory } from './databases.ts';

const prismaFolder = fileURLToPath(new URL('../../prisma', import.meta.url));
const now = () => new Date('2027-02-03T04:05:06.789Z');

describe('createMigration', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'gatehouse-prisma-'));
    await cp(prismaFolder, folder, { recursive: true });
  });

  afterEach(() => rm(folder, { recursive: true }));

  const change = (name: string) => ({
    name,
    now,
    schema: 'gatehouse',
    schemaPath: join(folder, 'schema.prisma'),
    migrationsDirectory: join(folder, 'migrations'),
  });
  const create = (name: string) =>
    createMigration({ ...change(name), connectShadow: connectEmptyMemory });

  async function addColumn(): Promise<void> {
    const path = join(folder, 'schema.prisma');
    const schema = await readFile(path, 'utf8');
    await writeFile(path, schema.replace(/^ {2}email .*$/m, '$&\n  color String?'));
  }

  it('writes a migration that can be applied, and then finds no difference, CHECK constraints included', async () => {
    await addColumn();
    const [path, ...others] = await create('add_color');
    expect(path).toBe(join(folder, 'migrations/20270203040506_add_color/migration.sql'));
    expect(others).toEqual([]);
    const script = await readFile(path ?? '', 'utf8');
    expect(script).toBe('-- AlterTable\nALTER TABLE "users" ADD COLUMN     "color" TEXT;\n');
    const written = await readdir(join(folder, 'migrations'));
    expect(await create('again')).toEqual([]);
    expect(await readdir(join(folder, 'migrations'))).toEqual(written);

    const connection = await connectEmptyMemory();
    await migrate({ connection, migrationsDirectory: join(folder, 'migrations') });
    expect(await connection.migrations.query('SELECT color FROM gatehouse.users')).toEqual([]);
    await connection.close();
  });

  it('builds each index of an existing table by a migration of its own, while writes go on', async () => {
    await addColumn();
    const schemaPath = join(folder, 'schema.prisma');
    const schema = await readFile(schemaPath, 'utf8');
    const indexed = schema.replace(
      /^ {2}@@map\("users"\)$/m,
      '  @@index([color])\n  @@unique([email])\n$&',
    );
    await writeFile(schemaPath, indexed);
    const paths = await create('add_color');
    const scripts = await Promise.all(paths.map((path) => readFile(path, 'utf8')));
    const statements = scripts.map((script) => script.replace(/^-- \w+\n/, '').trimEnd());
    expect(
      Object.fromEntries(paths.map((path, n) => [path.split('/').at(-2), statements[n]])),
    ).toEqual({
      '20270203040506_add_color': 'ALTER TABLE "users" ADD COLUMN     "color" TEXT;',
      '20270203040507_add_color_index_1':
        'CREATE INDEX CONCURRENTLY "users_color_idx" ON "users"("color");',
      '20270203040508_add_color_index_2':
        'CREATE UNIQUE INDEX CONCURRENTLY "users_email_key" ON "users"("email");',
    });
    expect(await create('again')).toEqual([]);
    const connection = await connectEmptyMemory();
    await migrate({ connection, migrationsDirectory: join(folder, 'migrations') });
    await connection.close();
  });

  describe('for a column with another name', () => {
    beforeEach(async () => {
      const path = join(folder, 'schema.prisma');
      const schema = await readFile(path, 'utf8');
      await writeFile(path, schema.replace(/^ {2}email .*$/m, '  mail String?'));
    });

    it('writes nothing, names what would be lost, and offers to rename it', async () => {
      const before = await readdir(join(folder, 'migrations'));
      await expect(
        create('shown'),
      ).rejects.toThrow(`The migration was not written, because it removes data:
  drops the column users.email
If that is a new name, keep the data:
  gatehouse migrate --create shown --rename 'users.email=mail'
If the data may be lost:
  gatehouse migrate --create shown --accept-data-loss`);
      expect(await readdir(join(folder, 'migrations'))).toEqual(before);
    });

    it('renames it, and then finds no difference', async () => {
      const renames = [{ from: 'users.email', to: 'mail' }];
      const [path = ''] = await createMigration({
        ...change('shown'),
        renames,
        connectShadow: connectEmptyMemory,
      });
      const script = await readFile(path, 'utf8');
      expect(script).toContain('ALTER TABLE "users" RENAME COLUMN "email" TO "mail";');
      expect(script).not.toMatch(/DROP COLUMN|data loss/);
      expect(await create('again')).toEqual([]);
    });

    it('writes the loss where it is accepted, with a comment that says so', async () => {
      const [path = ''] = await createMigration({
        ...change('shown'),
        acceptsDataLoss: true,
        connectShadow: connectEmptyMemory,
      });
      expect(await readFile(path, 'utf8')).toMatch(
        /^-- accepts data loss: drops the column users\.email\n[\s\S]*DROP COLUMN "email"/,
      );
    });
  });

  it('writes nothing that cannot be applied, and shows it', async () => {
    const path = join(folder, 'schema.prisma');
    const schema = await readFile(path, 'utf8');
    await writeFile(path, schema.replace(/^ {2}displayName .*$/m, ''));
    await expect(create('shown')).rejects.toThrow(
      /cannot drop column display_name of table users because other objects depend on it\. Write it by hand, .*\n-- AlterTable\n.*DROP COLUMN "display_name"/,
    );
  });

  it('makes the first migration, and the lock file that Prisma wants', async () => {
    await rm(join(folder, 'migrations'), { recursive: true });
    await createMigration(change('init'));
    expect((await readdir(join(folder, 'migrations'))).sort()).toEqual([
      '20270203040506_init',
      'migration_lock.toml',
    ]);
  });

  it.each(['', 'Init', 'a b', '../up'])('takes no migration by the name "%s"', async (name) => {
    await expect(create(name)).rejects.toBeInstanceOf(RangeError);
  });
});
