import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PrismaClient } from '../../examples/rooms/src/generated/prisma/client.ts';
import { connectPostgres } from '../../src/database/connect/connect-postgres.ts';
import type { DatabaseConnection } from '../../src/database/connection.ts';
import { createMigration } from '../../src/database/migrations/create-migration.ts';
import { migrateAll, statusOfAll } from '../../src/database/open-database.ts';
import { roomsClient, roomsProject } from '../support/rooms-project.ts';
import {
  createPostgresDatabase,
  migrationsDirectory,
  type PostgresDatabase,
} from '../support/test-database.ts';
import { hasPostgres } from './databases.ts';

const title = hasPostgres
  ? 'one database with Gatehouse, a Prisma project and plain SQL tables'
  : 'one database with three projects: SKIPPED, set TEST_DATABASE_URL';

describe.runIf(hasPostgres)(title, () => {
  let postgres: PostgresDatabase;
  let connection: DatabaseConnection;
  let rooms: PrismaClient;
  let folder: string;
  beforeAll(async () => {
    postgres = await createPostgresDatabase();
    connection = connectPostgres({ url: postgres.url, onPoolError: () => {} });
    rooms = roomsClient(connection);
    folder = await mkdtemp(join(tmpdir(), 'gatehouse-three-'));
    await cp(migrationsDirectory, join(folder, 'gatehouse'), { recursive: true });
    await cp(join(roomsProject.directory, 'prisma'), join(folder, 'rooms'), { recursive: true });
  });
  afterAll(async () => {
    await rooms.$disconnect();
    await connection.close();
    await postgres.drop();
    await rm(folder, { recursive: true });
  });

  const histories = () => [
    { migrationsDirectory: join(folder, 'gatehouse') },
    { migrationsDirectory: join(folder, 'rooms/migrations'), schema: 'public' },
  ];
  const migrateBoth = () => migrateAll(connection, histories());
  const sql = <Row extends object = object>(text: string) => connection.migrations.query<Row>(text);
  async function addToGatehouse(name: string, script: string): Promise<void> {
    await mkdir(join(folder, 'gatehouse', name));
    await writeFile(join(folder, 'gatehouse', name, 'migration.sql'), script);
  }
  /** `gatehouse migrate --create NAME` of the project. */
  const create = (name: string, at: string) =>
    createMigration({
      name,
      schemaPath: join(folder, 'rooms/schema.prisma'),
      migrationsDirectory: join(folder, 'rooms/migrations'),
      schema: 'public',
      before: { migrationsDirectory: join(folder, 'gatehouse'), schema: 'gatehouse' },
      now: () => new Date(at),
    });

  /** Every row of the tables that are not Gatehouse's. */
  const rowsOfProjects = async () => ({
    rooms: await sql('SELECT * FROM public.rooms ORDER BY id'),
    entries: await sql('SELECT * FROM public.room_entries ORDER BY id'),
    invoices: await sql('SELECT * FROM public.invoices ORDER BY id'),
    payments: await sql('SELECT * FROM billing.payments ORDER BY id'),
  });

  it('takes the migrations of each, in turns', async () => {
    await migrateBoth();
    await sql(
      `CREATE TABLE public.invoices (id INT PRIMARY KEY, customer UUID NOT NULL REFERENCES gatehouse.users (id))`,
    );
    await sql('CREATE SCHEMA billing');
    await sql(
      `CREATE TABLE billing.payments (id INT PRIMARY KEY, payer UUID REFERENCES gatehouse.users (id) ON DELETE SET NULL)`,
    );
    const { id } = await connection.database.user.create({
      data: { username: 'ada', usernameKey: 'ada', displayName: 'Ada', passwordHash: 'x' },
    });
    const { id: roomId } = await rooms.room.create({
      data: { name: 'Hall', floor: 0, groups: [] },
    });
    await rooms.roomEntry.create({ data: { roomId, userId: id } });
    await sql(`INSERT INTO public.invoices VALUES (1, '${id}')`);
    await sql(`INSERT INTO billing.payments VALUES (1, '${id}')`);

    const later = '20270101000000_nickname';
    await addToGatehouse(
      later,
      '-- breaking: no (adds)\nALTER TABLE "users" ADD COLUMN "nickname" TEXT;\n',
    );
    expect(await migrateBoth()).toEqual([later]);

    await sql('ALTER TABLE public.invoices ADD COLUMN total INT NOT NULL DEFAULT 7');
    const schemaPath = join(folder, 'rooms/schema.prisma');
    const schema = await readFile(schemaPath, 'utf8');
    await writeFile(schemaPath, schema.replace(/^ {2}floor .*$/m, '$&\n  seats Int @default(4)'));
    await create('add_seats', '2027-01-02T00:00:00Z');
    expect(await migrateBoth()).toEqual(['20270102000000_add_seats']);

    const last = '20270103000000_lockers';
    await addToGatehouse(
      last,
      '-- breaking: no (adds)\nCREATE TABLE "lockers" ("id" UUID PRIMARY KEY);\n',
    );
    expect(await migrateBoth()).toEqual([last]);
    expect(await statusOfAll(connection, histories())).toMatchObject({
      pending: [],
      failed: [],
      edited: [],
      newer: [],
      unknown: [],
    });
  });

  it('shows `migrate --create` no drift', async () => {
    expect(await create('nothing', '2027-01-04T00:00:00Z')).toEqual([]);
  });

  it('keeps the tables and rows of the projects when the schema of Gatehouse is dropped', async () => {
    const before = await rowsOfProjects();
    expect(Object.values(before).map((rows) => rows.length)).toEqual([1, 1, 1, 1]);
    await sql('DROP SCHEMA gatehouse CASCADE');
    expect(await rowsOfProjects()).toEqual(before);
    const left = await sql<{ name: string }>(`
      SELECT proname AS name FROM pg_proc WHERE pronamespace = 'public'::regnamespace
      UNION ALL SELECT tgname FROM pg_trigger WHERE NOT tgisinternal
      UNION ALL SELECT typname FROM pg_type WHERE typtype = 'e'
      UNION ALL SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_|^information_schema$'
      UNION ALL SELECT conname FROM pg_constraint WHERE contype = 'f'
      ORDER BY 1`);
    expect(left.map(({ name }) => name)).toEqual([
      'billing',
      'public',
      'room_entries_room_id_fkey',
    ]);
    await rooms.room.create({ data: { name: 'Attic', floor: 3, groups: [] } });
  });

  it('takes Gatehouse again afterwards', async () => {
    expect(await migrateBoth()).toHaveLength(4);
    expect(await connection.database.user.count()).toBe(0);
    expect(await rooms.room.count()).toBe(2);
  });
});
