import { readdirSync } from 'node:fs';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { connectPostgres } from '../../src/database/connect/connect-postgres.ts';
import {
  type DatabaseConnection,
  MigrationLockTimeoutError,
} from '../../src/database/connection.ts';
import {
  MigrationHistoryError,
  migrate,
  migrationStatus,
} from '../../src/database/migrations/migrate.ts';
import { readMigrations } from '../../src/database/migrations/migration-files.ts';
import {
  MigrationBlockedError,
  MigrationFailedError,
} from '../../src/database/migrations/migration-scripts.ts';
import { NO_FILTERS, withSchemaEngine } from '../../src/database/migrations/schema-engine.ts';
import { prepareDatabase } from '../../src/database/open-database.ts';
import { sampleOf } from '../support/sample.ts';
import { createPostgresDatabase, migrationsDirectory } from '../support/test-database.ts';
import { startChild } from './child.ts';
import { databaseKinds, hasPostgres } from './databases.ts';

const INIT = '20261125220000_init';
/** Every migration of the repository, oldest first. */
const SHIPPED = readdirSync(migrationsDirectory, { withFileTypes: true })
  .flatMap((entry) => (entry.isDirectory() ? entry.name : []))
  .sort();
const LATER = '20270101000000_later';

it.each(SHIPPED)('the migration %s says whether it breaks older nodes', async (name) => {
  const migrations = await readMigrations(migrationsDirectory);
  expect(migrations.find((each) => each.name === name)?.note).toBeDefined();
});

describe.each(databaseKinds)(
  'migrate, on a database of kind $kind',
  { timeout: 300_000 },
  ({ connectEmpty }) => {
    let connection: DatabaseConnection;
    let folder: string;

    beforeEach(async () => {
      connection = await connectEmpty();
      folder = await mkdtemp(join(tmpdir(), 'gatehouse-migrations-'));
      await cp(migrationsDirectory, folder, { recursive: true });
    });

    afterEach(async () => {
      await connection.close();
      await rm(folder, { recursive: true });
    });

    async function addMigration(name: string, script: string): Promise<void> {
      await mkdir(join(folder, name), { recursive: true });
      await writeFile(join(folder, name, 'migration.sql'), script);
    }

    const migrateFolder = () => migrate({ connection, migrationsDirectory: folder });
    const status = () => migrationStatus({ connection, migrationsDirectory: folder });
    const tables = () =>
      connection.migrations.query(
        "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'gatehouse' ORDER BY tablename",
      );

    it('makes the tables of an empty database, once', async () => {
      expect(await migrateFolder()).toEqual(SHIPPED);
      expect(await migrateFolder()).toEqual([]);
      expect(await connection.database.user.count()).toBe(0);
    });

    it('applies what was added to the folder since', async () => {
      await migrateFolder();
      await addMigration(LATER, 'ALTER TABLE users ADD COLUMN color TEXT;');
      expect((await status()).pending).toEqual([LATER]);
      expect(await migrateFolder()).toEqual([LATER]);
      expect(await status()).toEqual({
        applied: [...SHIPPED, LATER],
        pending: [],
        failed: [],
        edited: [],
        newer: [],
        unknown: [],
        neededVersion: undefined,
      });
    });

    it('runs a script with semicolons in strings, comments and function bodies', async () => {
      await addMigration(
        LATER,
        `-- one; two
       CREATE FUNCTION three() RETURNS INT LANGUAGE plpgsql AS $$ BEGIN PERFORM 1; RETURN 3; END $$;
       CREATE TABLE semicolons AS SELECT 'a;b' AS text, three() AS three;`,
      );
      expect(await migrateFolder()).toEqual([...SHIPPED, LATER]);
      const rows = await connection.migrations.query('SELECT * FROM gatehouse.semicolons');
      expect(rows).toEqual([{ text: 'a;b', three: 3 }]);
    });

    it('finds the same migration behind other line ends', async () => {
      await migrateFolder();
      await addMigration(LATER, 'SELECT 1;\nSELECT 2;\n');
      await migrateFolder();
      await addMigration(LATER, 'SELECT 1;\r\nSELECT 2;\r\n');
      expect(await migrateFolder()).toEqual([]);
    });

    it('refuses to go on after a migration was edited, and says what to do', async () => {
      await migrateFolder();
      await addMigration(INIT, 'SELECT 1;');
      await addMigration(LATER, 'CREATE TABLE later ();');
      const before = await tables();
      await expect(migrateFolder()).rejects.toThrow(
        `A migration was edited after it was applied: ${INIT}. Restore its script as it was, such as from version control, and write the change as another migration.`,
      );
      expect(await status()).toMatchObject({
        applied: SHIPPED.filter((name) => name !== INIT),
        edited: [INIT],
        pending: [LATER],
      });
      expect(await tables()).toEqual(before);
    });

    /** Migrates as a newer version does, which has another migration, and goes back to the older one. */
    async function migrateAhead(script: string): Promise<void> {
      await addMigration(LATER, script);
      await migrate({ connection, migrationsDirectory: folder, version: '1.3.0' });
      await rm(join(folder, LATER), { recursive: true });
    }
    /** Returns the newer migrations that were reported. */
    async function prepare(migrates: boolean): Promise<readonly string[]> {
      const reported: string[] = [];
      await prepareDatabase({
        connection,
        histories: [{ migrationsDirectory: folder }],
        migrates,
        onNewer: (names) => reported.push(...names),
      });
      return reported;
    }

    it.each([
      {
        says: 'that it breaks this one',
        note: '-- breaking: yes (drops a column)\n',
        needed: '1.3.0',
      },
      { says: 'nothing', note: '', needed: undefined },
      { says: 'something in another form', note: '-- breaking: no\n', needed: undefined },
    ])(
      'refuses a database that is ahead by a migration that says $says',
      async ({ note, needed }) => {
        await migrateAhead(`${note}CREATE TABLE later ();`);
        const status = { unknown: [LATER], newer: [], neededVersion: needed };
        for (const migrates of [true, false]) {
          const refused = await prepare(migrates).catch((error: unknown) => error);
          expect(refused).toBeInstanceOf(MigrationHistoryError);
          expect(refused).toMatchObject({ status });
          if (needed !== undefined) {
            expect(refused).toMatchObject({
              message: expect.stringContaining(`version ${needed}`),
            });
          }
        }
      },
    );

    it.each(['empty', 'migrated'])(
      'starts on a database that is ahead by one that breaks no older version, %s before',
      async (state) => {
        if (state === 'migrated') await migrateFolder();
        await migrateAhead('-- breaking: no (only adds a table)\nCREATE TABLE later ();');
        expect(await status()).toMatchObject({
          applied: SHIPPED,
          newer: [LATER],
          unknown: [],
          neededVersion: undefined,
        });
        for (const migrates of [true, false]) expect(await prepare(migrates)).toEqual([LATER]);
        expect(await migrateFolder()).toEqual([]);
      },
    );

    it('refuses a database that is ahead by one of each kind', async () => {
      await addMigration(`${LATER}_1`, '-- breaking: no (adds)\nCREATE TABLE later ();');
      await addMigration(`${LATER}_2`, '-- breaking: yes (drops)\nDROP TABLE later;');
      await migrate({ connection, migrationsDirectory: folder, version: '2.0.0' });
      await rm(join(folder, `${LATER}_1`), { recursive: true });
      await rm(join(folder, `${LATER}_2`), { recursive: true });
      await expect(prepare(true)).rejects.toMatchObject({
        status: { newer: [`${LATER}_1`], unknown: [`${LATER}_2`], neededVersion: '2.0.0' },
      });
    });

    it('applies what is pending to a database that is ahead, such as one of a later start', async () => {
      await migrateAhead('-- breaking: no (only adds a table)\nCREATE TABLE later ();');
      await addMigration(`${LATER}_other`, 'CREATE TABLE other ();');
      expect(await migrateFolder()).toEqual([`${LATER}_other`]);
    });

    it('builds an index CONCURRENTLY, in a migration with one statement', async () => {
      await migrateFolder();
      await addMigration(
        LATER,
        '-- breaking: no (an index)\n-- CreateIndex\nCREATE INDEX CONCURRENTLY "later" ON "users"("email");\n',
      );
      expect(await migrateFolder()).toEqual([LATER]);
      const found = await connection.migrations.query(
        "SELECT indisvalid FROM pg_index WHERE indexrelid = 'gatehouse.later'::regclass",
      );
      expect(found).toEqual([{ indisvalid: true }]);
    });

    it('undoes a script that fails, and applies the corrected one', async () => {
      await migrateFolder();
      await addMigration(LATER, 'CREATE TABLE half (); SELECT 1 / 0;');
      for (const attempt of [migrateFolder, migrateFolder]) {
        await expect(attempt()).rejects.toBeInstanceOf(MigrationFailedError);
        expect(await status()).toMatchObject({ applied: SHIPPED, failed: [], pending: [LATER] });
        expect(await tables()).not.toContainEqual({ name: 'half' });
      }
      await addMigration(LATER, 'CREATE TABLE half (); SELECT 1 / 1;');
      expect(await migrateFolder()).toEqual([LATER]);
      expect(await tables()).toContainEqual({ name: 'half' });
    });

    it.each(
      sampleOf([
        {
          fault: 'a name',
          script: '-- Größe 🙂\nSELECT 1;\nSELECT nothing;\n',
          reason: ', line 3: column "nothing" does not exist.',
        },
        {
          fault: 'the last character',
          script: 'SELECT 1;\r\nSELECT (',
          reason: ', line 2: syntax error at end of input.',
        },
        {
          fault: 'a value, for which PostgreSQL says no place',
          script: '-- one; two\nSELECT 1;\nSELECT 1 / 0;',
          reason: ', line 3: division by zero.',
        },
        {
          fault: 'DDL, for which PostgreSQL says no place',
          script:
            'CREATE TABLE half ();\n/* a;\n b */ ALTER TABLE half ADD COLUMN "a;b" TEXT;\n\n-- a name\nALTER TABLE halves DROP COLUMN "a";\nSELECT 1;',
          reason: ', line 6: relation "halves" does not exist.',
        },
        {
          fault: 'a body with semicolons',
          script:
            "DO $$ BEGIN\n  PERFORM 1;\nEND $$;\n  CREATE TABLE users (\n  a TEXT DEFAULT ';');",
          reason: ', line 4: relation "users" already exists.',
        },
        {
          fault: 'a statement that has to be alone',
          script: 'CREATE TABLE half ();\nCREATE INDEX CONCURRENTLY "later" ON "users"("email");',
          reason:
            ', line 2: CREATE INDEX CONCURRENTLY cannot run inside a transaction block. Put this statement into a migration of its own.',
        },
      ]),
    )(
      'says the file, the place and the reason of a fault of $fault',
      async ({ script, reason }) => {
        await migrateFolder();
        await addMigration(LATER, script);
        const file = join(folder, LATER, 'migration.sql');
        await expect(migrateFolder()).rejects.toThrow(
          new MigrationFailedError(
            `A migration failed: ${file}${reason} Nothing of it was applied: correct the script and run the command again.`,
          ),
        );
        expect(await tables()).not.toContainEqual({ name: 'half' });
      },
    );

    it('says that a script which commits may have been applied in part', async () => {
      await migrateFolder();
      await addMigration(LATER, 'CREATE TABLE half (); END; SELECT 1 / 0;');
      await expect(migrateFolder()).rejects.toThrow(
        /migration\.sql: division by zero\. A part of it may be applied,/,
      );
      expect(await tables()).toContainEqual({ name: 'half' });
      await addMigration(LATER, 'DROP TABLE half;');
      expect(await migrateFolder()).toEqual([LATER]);
      expect(await tables()).not.toContainEqual({ name: 'half' });
    });

    it.each(
      sampleOf([
        { rest: 'COMMIT;', command: 'COMMIT' },
        { rest: 'commit and chain;', command: 'COMMIT' },
        { rest: 'COMMIT; BEGIN; CREATE TABLE more (); ROLLBACK;', command: 'COMMIT' },
        { rest: 'ROLLBACK', command: 'ROLLBACK' },
        { rest: "SELECT E'\\''; Rollback Work; CREATE TABLE more ();", command: 'ROLLBACK' },
        { rest: 'ABORT;', command: 'ABORT' },
        { rest: '/* one; */ BEGIN; END;', command: 'BEGIN' },
        { rest: '-- one\nSTART /* it */ TRANSACTION; END;', command: 'START TRANSACTION' },
        { rest: "PREPARE TRANSACTION 'later';", command: 'PREPARE TRANSACTION' },
      ]),
    )('refuses a script with $command before it runs: $rest', async ({ rest, command }) => {
      await migrateFolder();
      const before = await tables();
      await addMigration(LATER, `CREATE TABLE half (); ${rest}`);
      await expect(migrateFolder()).rejects.toThrow(
        `migration.sql: it contains ${command}, but the whole script runs in one transaction.`,
      );
      expect(await status()).toMatchObject({ pending: [LATER], failed: [] });
      expect(await tables()).toEqual(before);
    });

    it.each(sampleOf(['END', 'END; CREATE TABLE more ()', 'END AND CHAIN']))(
      'does not record a script that ends the transaction by %s',
      async (rest) => {
        await migrateFolder();
        await addMigration(LATER, `CREATE TABLE half (); ${rest};`);
        await expect(migrateFolder()).rejects.toThrow(
          'migration.sql: it ends the transaction in which it runs. A part of it may be applied:',
        );
        expect(await status()).toMatchObject({ pending: [LATER], failed: [] });
      },
    );

    it('applies a script that contains the words of transactions elsewhere', async () => {
      await migrateFolder();
      await addMigration(
        LATER,
        `-- a; COMMIT;
        /* a; ROLLBACK; */
        CREATE TABLE half ("a; COMMIT;" TEXT DEFAULT 'it''s; COMMIT;', "begin" TEXT);
        DO $$ BEGIN PERFORM 1; END; $$;
        CREATE FUNCTION one() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT 2; SELECT 1; END;
        CREATE FUNCTION two() RETURNS int LANGUAGE plpgsql AS $body$
          BEGIN PERFORM '$$; COMMIT; $$'; COMMIT; END; $body$;`,
      );
      expect(await migrateFolder()).toEqual([LATER]);
      expect(await tables()).toContainEqual({ name: 'half' });
    });

    it('applies a script that undoes a part of it up to a savepoint', async () => {
      await migrateFolder();
      await addMigration(
        LATER,
        'CREATE TABLE half (); SAVEPOINT a; DROP TABLE half; ROLLBACK TO a;',
      );
      expect(await migrateFolder()).toEqual([LATER]);
      expect(await tables()).toContainEqual({ name: 'half' });
    });

    it('says that an index exists, of a run that ended before it was recorded', async () => {
      await migrateFolder();
      await connection.migrations.query('CREATE INDEX later ON gatehouse.users (email)');
      await addMigration(LATER, 'CREATE INDEX CONCURRENTLY later ON users (email);');
      await expect(migrateFolder()).rejects.toThrow(
        'migration.sql, line 1: relation "later" already exists. Perhaps a run was ended before it recorded this migration. ' +
          'Drop the index, or, if it is valid, write IF NOT EXISTS. Then run the command again.',
      );
      await addMigration(LATER, 'CREATE INDEX CONCURRENTLY IF NOT EXISTS later ON users (email);');
      expect(await migrateFolder()).toEqual([LATER]);
    });

    describe('with rows that are the same', () => {
      const invalid = () =>
        connection.migrations.query('SELECT 1 FROM pg_index WHERE NOT indisvalid');
      beforeEach(async () => {
        await migrateFolder();
        for (const usernameKey of ['a', 'b']) {
          await connection.database.user.create({
            data: { username: usernameKey, usernameKey, displayName: 'Same', passwordHash: '' },
          });
        }
      });

      it.each(
        sampleOf([
          'CREATE UNIQUE INDEX CONCURRENTLY "later" ON "users"("display_name");',
          'CREATE UNIQUE INDEX CONCURRENTLY Later ON users (display_name);',
          'CREATE UNIQUE INDEX CONCURRENTLY "La""ter" ON users (display_name);',
          'CREATE UNIQUE INDEX CONCURRENTLY ON users (display_name);',
          '/* one */ CREATE UNIQUE INDEX /* two */ CONCURRENTLY later ON users (display_name);',
        ]),
      )('leaves no invalid index when it cannot be built: %s', async (script) => {
        await addMigration(LATER, script);
        await expect(migrateFolder()).rejects.toThrow(/Nothing of it was applied/);
        expect(await invalid()).toEqual([]);
        await connection.migrations.query("DELETE FROM gatehouse.users WHERE username_key = 'b'");
        expect(await migrateFolder()).toEqual([LATER]);
      });

      it('keeps an invalid index that was there before', async () => {
        const script = 'CREATE UNIQUE INDEX CONCURRENTLY';
        const earlier = `${script} earlier ON gatehouse.users (display_name)`;
        await expect(connection.migrations.query(earlier)).rejects.toThrow('earlier');
        await addMigration(LATER, `${script} later ON users (display_name);`);
        await expect(migrateFolder()).rejects.toThrow(/Nothing of it was applied/);
        expect(await invalid()).toHaveLength(1);
      });
    });

    it('does not say that a statement was undone which cannot be', async () => {
      await migrateFolder();
      await addMigration(LATER, 'VACUUM missing;');
      await expect(migrateFolder()).rejects.toThrow(
        /relation "missing" does not exist\. A part of it may be applied/,
      );
    });

    it('applies later scripts in its schema after one that changed the settings of the session', async () => {
      await addMigration(
        LATER,
        "SET lock_timeout = 5; SELECT set_config('search_path', '', false);",
      );
      await addMigration(`${LATER}_2`, 'CREATE TABLE later ();');
      expect(await migrateFolder()).toEqual([...SHIPPED, LATER, `${LATER}_2`]);
      expect(await tables()).toContainEqual({ name: 'later' });
      const settings = ['search_path', 'lock_timeout', 'statement_timeout'];
      for (const setting of settings) {
        const [kept] = await connection.migrations.query(
          `SELECT setting = reset_val AS "isReset" FROM pg_settings WHERE name = '${setting}'`,
        );
        expect([setting, kept]).toEqual([setting, { isReset: true }]);
      }
    });

    it('runs a statement alone that cannot run in a transaction', async () => {
      await migrateFolder();
      await addMigration(LATER, 'VACUUM users;');
      expect(await migrateFolder()).toEqual([LATER]);
    });

    it("leaves a history of a project with which Prisma's own engine goes on", async () => {
      const names = ['20270101000000_rooms', '20270101000001_floors'];
      const scripts = ['CREATE TABLE rooms ();\r\n', 'ALTER TABLE rooms ADD COLUMN floor INT;'];
      const project = await mkdtemp(join(folder, 'project-'));
      for (const [n, name] of names.entries()) {
        await mkdir(join(project, name));
        await writeFile(join(project, name, 'migration.sql'), scripts[n] ?? '');
      }
      const options = { connection, migrationsDirectory: project, schema: 'public' };
      expect(await migrate(options)).toEqual(names);
      expect(await findByEngine(project)).toEqual({
        applied: { appliedMigrationNames: [] },
        found: {
          history: null,
          failedMigrationNames: [],
          editedMigrationNames: [],
          hasMigrationsTable: true,
        },
      });
      await connection.migrations.query('DROP TABLE rooms, _prisma_migrations');
    });

    /** Returns what Prisma's engine applies of a project, and what it finds. */
    async function findByEngine(project: string): Promise<unknown> {
      const migrations = await readMigrations(project);
      const migrationsList = {
        baseDir: project,
        lockfile: { path: 'migration_lock.toml', content: 'provider = "postgresql"\n' },
        shadowDbInitScript: '',
        migrationDirectories: migrations.map(({ name, script }) => ({
          path: name,
          migrationFile: { path: 'migration.sql', content: { tag: 'ok' as const, value: script } },
        })),
      };
      const options = { migrationsList, filters: NO_FILTERS, optInToShadowDatabase: false };
      const database = { adapter: connection.adapter, schema: 'public' };
      return withSchemaEngine(database, async (engine) => ({
        applied: await engine.applyMigrations(options),
        found: await engine.diagnoseMigrationHistory(options),
      }));
    }

    it("refuses to go on after a migration that Prisma's own command did not finish", async () => {
      await migrateFolder();
      await addMigration(LATER, 'CREATE TABLE later ();');
      const record = `INSERT INTO gatehouse._prisma_migrations (id, checksum, migration_name)
        VALUES ('1', '', '${LATER}')`;
      await connection.migrations.query(record);
      await expect(migrateFolder()).rejects.toThrow(
        `Prisma's own command did not finish a migration: ${LATER}. Undo what it has applied, and mark it: \`prisma migrate resolve --rolled-back\`, ` +
          'or set `rolled_back_at` in its row of `_prisma_migrations`.',
      );
      expect(await status()).toMatchObject({ failed: [LATER], pending: [] });
      await connection.migrations.query(
        `UPDATE gatehouse._prisma_migrations SET rolled_back_at = now() WHERE id = '1'`,
      );
      expect(await migrateFolder()).toEqual([LATER]);
    });
  },
);

describe.runIf(hasPostgres)('migrate, on PostgreSQL', { timeout: 300_000 }, () => {
  it('applies once when eight connections ask at the same time', async () => {
    const { url, drop } = await createPostgresDatabase();
    const connections = Array.from({ length: 8 }, () =>
      connectPostgres({ url, onPoolError: () => {} }),
    );
    const applied = await Promise.all(
      connections.map((connection) => migrate({ connection, migrationsDirectory })),
    );
    expect(applied.flat()).toEqual(SHIPPED);
    await Promise.all(connections.map((connection) => connection.close()));
    await drop();
  });

  it('applies once when four processes ask at the same time', async () => {
    const { url, drop } = await createPostgresDatabase();
    const children = await Promise.all(
      Array.from({ length: 4 }, () => startChild('migrate-once.mjs', url, migrationsDirectory)),
    );
    await Promise.all(children.map((child) => child.readLine()));
    for (const child of children) child.say('go');
    const answers = await Promise.all(children.map((child) => child.readLine()));
    expect(answers.sort()).toEqual([JSON.stringify(SHIPPED), '[]', '[]', '[]']);
    await Promise.all(children.map((child) => child.kill()));
    await drop();
  });

  it('applies once, with an index that is built CONCURRENTLY, when eight connections ask', async () => {
    const { url, drop } = await createPostgresDatabase();
    const folder = await mkdtemp(join(tmpdir(), 'gatehouse-migrations-'));
    await cp(migrationsDirectory, folder, { recursive: true });
    await mkdir(join(folder, LATER));
    const script = 'CREATE INDEX CONCURRENTLY "later" ON "users"("email");';
    await writeFile(join(folder, LATER, 'migration.sql'), script);
    const connections = Array.from({ length: 8 }, () =>
      connectPostgres({ url, onPoolError: () => {} }),
    );
    const applied = await Promise.all(
      connections.map((connection) => migrate({ connection, migrationsDirectory: folder })),
    );
    expect(applied.flat()).toEqual([...SHIPPED, LATER]);
    await Promise.all(connections.map((connection) => connection.close()));
    await rm(folder, { recursive: true });
    await drop();
  });

  it('gives up, and applies nothing, when the lock is not free in time', async () => {
    const { url, drop } = await createPostgresDatabase();
    const holder = connectPostgres({ url, onPoolError: () => {} });
    const waiter = connectPostgres({ url, onPoolError: () => {} });
    await holder.migrations.exclusively(1_000, async () => {
      const migrating = migrate({ connection: waiter, migrationsDirectory, lockTimeoutMs: 50 });
      await expect(migrating).rejects.toBeInstanceOf(MigrationLockTimeoutError);
    });
    const status = await migrationStatus({ connection: waiter, migrationsDirectory });
    expect(status).toMatchObject({ applied: [], pending: SHIPPED });
    await Promise.all([holder.close(), waiter.close()]);
    await drop();
  });

  describe('beside another transaction', () => {
    let folder: string;
    let connection: DatabaseConnection;
    let other: pg.Client;
    let drop: () => Promise<void>;
    beforeEach(async () => {
      const postgres = await createPostgresDatabase();
      drop = postgres.drop;
      folder = await mkdtemp(join(tmpdir(), 'gatehouse-migrations-'));
      await cp(migrationsDirectory, folder, { recursive: true });
      connection = connectPostgres({ url: postgres.url, onPoolError: () => {} });
      await migrate({ connection, migrationsDirectory: folder });
      other = new pg.Client({ connectionString: postgres.url });
      await other.connect();
    });
    afterEach(async () => {
      await other.end();
      await connection.close();
      await rm(folder, { recursive: true });
      await drop();
    });

    const add = async (script: string) => {
      await mkdir(join(folder, LATER));
      await writeFile(join(folder, LATER, 'migration.sql'), script);
    };
    const migrateFolder = (lockTimeoutMs: number) =>
      migrate({ connection, migrationsDirectory: folder, lockTimeoutMs });
    const status = () => migrationStatus({ connection, migrationsDirectory: folder });
    /** How many sessions wait for a lock of a table or a transaction. */
    const waiting = async () =>
      (await other.query('SELECT 1 FROM pg_locks WHERE NOT granted')).rows.length;

    it('leaves a script pending that it blocks, wholly undone, and applies it later', async () => {
      await add('CREATE TABLE half (); ALTER TABLE users ADD COLUMN color TEXT;');
      await other.query('BEGIN; LOCK TABLE gatehouse.users IN ACCESS SHARE MODE');
      await expect(migrateFolder(10)).rejects.toThrow(MigrationBlockedError);
      await expect(migrateFolder(10)).rejects.toThrow(`The migration ${LATER} needs a lock`);
      expect(await status()).toMatchObject({ pending: [LATER], failed: [] });
      await other.query('COMMIT');
      expect(await migrateFolder(10)).toEqual([LATER]);
    });

    it('tries a script again that it blocks, and lets others through meanwhile', async () => {
      await add('ALTER TABLE users ADD COLUMN color TEXT;');
      await other.query('BEGIN; LOCK TABLE gatehouse.users IN ACCESS SHARE MODE');
      const applied = migrateFolder(60_000);
      await expect.poll(waiting, { interval: 20 }).toBe(1);
      // This waits behind the migration, which gives up the lock that it has not got.
      expect(await connection.database.user.count()).toBe(0);
      await other.query('COMMIT');
      expect(await applied).toEqual([LATER]);
    });

    it('lets writes go on while an index is built CONCURRENTLY, however long that takes', async () => {
      await add('CREATE INDEX CONCURRENTLY "later" ON "users"("email");');
      await other.query('BEGIN; LOCK TABLE gatehouse.users IN ROW EXCLUSIVE MODE');
      const applied = migrateFolder(10);
      await expect.poll(waiting, { interval: 20 }).toBe(1);
      await connection.database.user.create({
        data: { username: 'a', usernameKey: 'a', displayName: 'A', passwordHash: '' },
      });
      await other.query('COMMIT');
      expect(await applied).toEqual([LATER]);
    });
  });
});
