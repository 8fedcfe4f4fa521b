import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { reviewMigrations } from '../../src/database/migrations/review-migrations.ts';
import { connectEmptyMemory } from './databases.ts';

const tables = `
  CREATE TYPE "Level" AS ENUM ('LOW', 'HIGH');
  CREATE TABLE "ticket" (
    "id" UUID PRIMARY KEY, "title" VARCHAR(20) NOT NULL, "Body" TEXT, "votes" INTEGER, "price" NUMERIC(10, 2),
    "at" TIMESTAMP(3), "tags" INTEGER[], "level" "Level", "key" TEXT GENERATED ALWAYS AS ("id"::text) STORED
  );
  CREATE TABLE "note" ("id" UUID PRIMARY KEY, "ticketId" UUID REFERENCES "ticket");
  CREATE SCHEMA "other"; CREATE TABLE "other"."log" ("id" UUID PRIMARY KEY)`;

/** Makes them again after any of the changes. */
const again = `
  DROP TABLE IF EXISTS "ticket", "issue", "note" CASCADE; DROP SCHEMA IF EXISTS "other" CASCADE;
  DROP TYPE "Level"; ${tables}`;

const losing: readonly (readonly [script: string, ...losses: string[]])[] = [
  ['DROP TABLE "note"', 'drops the table note'],
  ['DROP TABLE "ticket" CASCADE', 'drops the table ticket'],
  ['DROP SCHEMA "other" CASCADE', 'drops the table other.log'],
  ['ALTER TABLE "ticket" DROP COLUMN "Body"', 'drops the column ticket.Body'],
  ['alter table ticket drop title cascade', 'drops the column ticket.title'],
  [
    'ALTER TABLE "ticket" DROP COLUMN "votes", ADD COLUMN "votes" UUID',
    'drops the column ticket.votes',
  ],
  [
    `DO $$ BEGIN EXECUTE 'ALTER TABLE ticket DROP COLUMN ' || quote_ident('votes'); END $$`,
    'drops the column ticket.votes',
  ],
  [
    'ALTER TABLE "ticket" RENAME TO "issue"; ALTER TABLE "issue" DROP COLUMN "votes"',
    'drops the column ticket.votes',
  ],
  [
    'ALTER TABLE "ticket" ALTER COLUMN "title" SET DATA TYPE VARCHAR(10)',
    'changes the column ticket.title from character varying(20) to character varying(10)',
  ],
  [
    'ALTER TABLE "ticket" ALTER COLUMN "votes" TYPE SMALLINT',
    'changes the column ticket.votes from integer to smallint',
  ],
  [
    'ALTER TABLE "ticket" ALTER COLUMN "price" TYPE NUMERIC(12, 1)',
    'changes the column ticket.price from numeric(10,2) to numeric(12,1)',
  ],
  [
    'ALTER TABLE "ticket" ALTER COLUMN "at" TYPE DATE',
    'changes the column ticket.at from timestamp(3) without time zone to date',
  ],
  [
    'ALTER TABLE "ticket" ALTER COLUMN "tags" TYPE SMALLINT[]',
    'changes the column ticket.tags from integer[] to smallint[]',
  ],
  [
    `ALTER TABLE "ticket" ALTER COLUMN "Body" TYPE BOOLEAN USING "Body" = 'yes'`,
    'changes the column ticket.Body from text to boolean',
  ],
  ['TRUNCATE "note"', 'empties the table note'],
  ['-- all of it\ntruncate table only other.log restart identity;', 'empties the table other.log'],
  [
    '-- accepts data loss: empties the table note\nTRUNCATE note; TRUNCATE "ticket" CASCADE; DROP TABLE "other"."log"',
    'drops the table other.log',
    'empties the table ticket',
  ],
];

const keeping = [
  'ALTER TABLE "ticket" RENAME COLUMN "title" TO "subject"; ALTER TABLE "ticket" RENAME TO "issue"',
  'ALTER TABLE "ticket" ALTER COLUMN "title" TYPE VARCHAR(30), ALTER COLUMN "votes" TYPE BIGINT',
  'ALTER TABLE "ticket" ALTER COLUMN "title" TYPE TEXT, ALTER COLUMN "votes" TYPE NUMERIC(12, 2)',
  'ALTER TABLE "ticket" ALTER COLUMN "price" TYPE NUMERIC(12, 4), ALTER COLUMN "at" TYPE TIMESTAMPTZ(3)',
  'ALTER TABLE "ticket" ALTER COLUMN "tags" TYPE BIGINT[], ALTER COLUMN "id" DROP DEFAULT',
  'ALTER TABLE "ticket" DROP COLUMN "key", ALTER COLUMN "title" DROP NOT NULL',
  `CREATE TYPE "Level_new" AS ENUM ('LOW', 'HIGH', 'TOP');
   ALTER TABLE "ticket" ALTER COLUMN "level" TYPE "Level_new" USING ("level"::text::"Level_new");
   ALTER TYPE "Level" RENAME TO "Level_old"; ALTER TYPE "Level_new" RENAME TO "Level"; DROP TYPE "Level_old"`,
  `CREATE TABLE "draft" ("id" UUID); DROP TABLE "draft"`,
  `INSERT INTO "note" ("id") VALUES (gen_random_uuid()); /* TRUNCATE "note"; */ SELECT '; TRUNCATE "note"'`,
];

/** All changes are one history, each beside its own tables: a database for each would take half a minute. */
async function review(scripts: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>> {
  const folder = await mkdtemp(join(tmpdir(), 'gatehouse-losses-'));
  const nameOf = (index: number) => `${1_001 + 2 * index}_change`;
  for (const [index, script] of scripts.entries()) {
    const before = [`${1_000 + 2 * index}_tables`, index === 0 ? tables : again] as const;
    for (const [name, text] of [before, [nameOf(index), script] as const]) {
      await mkdir(join(folder, name));
      await writeFile(join(folder, name, 'migration.sql'), text);
    }
  }
  const { losses } = await reviewMigrations({
    schema: 'public',
    schemaPath: join(folder, 'schema.prisma'),
    migrationsDirectory: folder,
    connectShadow: connectEmptyMemory,
  }).finally(() => rm(folder, { recursive: true }));
  return new Map(
    scripts.map((script, index) => [
      script,
      losses.filter((each) => each.migration === nameOf(index)).map(({ loss }) => loss),
    ]),
  );
}

describe('what a migration removes', () => {
  let found: Awaited<ReturnType<typeof review>>;
  beforeAll(async () => {
    found = await review([...losing.map(([script]) => script), ...keeping]);
  });

  it.each(losing)('is named table by table, unless it is accepted: %s', (script, ...losses) => {
    expect(found.get(script)).toEqual(losses);
  });

  it.each(keeping)('is nothing where all values are kept: %s', (script) => {
    expect(found.get(script)).toEqual([]);
  });
});
