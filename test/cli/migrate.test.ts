import { existsSync, readdirSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { histories } from '../support/histories.ts';
import { logIn } from '../support/log-in.ts';
import { useGatehouse } from '../support/process.ts';
import { isWhole } from '../support/sample.ts';
import { unpackDatabase } from '../support/unpack-database.ts';

const ofRooms = histories.find(({ owner }) => owner === 'project')?.migrationsDirectory ?? '';

const gatehouse = useGatehouse();

const migrations = histories.flatMap(({ owner, migrationsDirectory }) =>
  readdirSync(migrationsDirectory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => ({ name, owner }))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1)),
);

/** One line for each migration, as in `gatehouse  applied   20261124000000_init`. */
const lines = (state: string) =>
  migrations.map(({ name, owner }) => `${owner.padEnd(10)} ${state.padEnd(9)} ${name}\n`).join('');
const appliedLines = migrations.map(({ name }) => `applied   ${name}\n`).join('');

describe('migrate', () => {
  it('shows what is pending, applies it, ends, and the next time has nothing to do', async () => {
    const settings = { MIGRATE: 'off' }; // asked for by name, it migrates all the same
    const before = await gatehouse.runHere(['migrate', '--status'], settings);
    expect(before).toMatchObject({ code: 0, stdout: lines('pending') });
    expect(existsSync(gatehouse.dataDir())).toBe(false); // to look makes nothing

    await unpackDatabase(gatehouse.dataDir(), 'empty');
    const migrated = await gatehouse.runHere(['migrate'], settings);
    expect(migrated).toMatchObject({ code: 0, stdout: appliedLines });

    const after = await gatehouse.runHere(['migrate', '--status'], settings);
    expect(after).toMatchObject({ code: 0, stdout: lines('applied') });
    expect(await gatehouse.runHere(['migrate'], settings)).toMatchObject({
      code: 0,
      stdout: 'The database is up to date.\n',
    });

    const server = await gatehouse.serveHere({
      ...settings,
      ADMIN_PASSWORD: 'plum-kettle-orbit-58',
    });
    expect(await logIn(server.url, 'admin', 'plum-kettle-orbit-58')).toMatchObject({
      groups: ['ADMIN'],
    });
  });

  it('does not touch a database that a server has open', async () => {
    await gatehouse.prepareDataDir();
    await gatehouse.serveHere();
    const { code, stderr } = await gatehouse.runHere(['migrate', '--status']);
    expect(stderr).toContain(`The data folder ${gatehouse.dataDir()} is in use by process `);
    expect(code).toBe(1);
  });

  it('says what is wrong with the settings', async () => {
    const { code, stderr } = await gatehouse.runHere(['migrate'], { MIGRATE: 'maybe' });
    expect(stderr).toMatch(/^Invalid settings:\n {2}MIGRATE /);
    expect(code).toBe(1);
  });
});

describe('a database with a newer migration that breaks no older version', () => {
  it.runIf(isWhole)(
    'is shown with the owner and state of each migration, and logged by the start',
    async () => {
      const project = ['--project', gatehouse.folder()];
      const folder = join(gatehouse.folder(), 'prisma', 'migrations');
      const scripts = {
        '20260101000000_notes': 'CREATE TABLE notes (text text);\n',
        '20260102000000_later': '-- breaking: no (only adds a table)\nCREATE TABLE later ();\n',
      };
      for (const [name, script] of Object.entries(scripts)) {
        await mkdir(join(folder, name), { recursive: true });
        await writeFile(join(folder, name, 'migration.sql'), script);
      }
      await gatehouse.runHere([...project, 'migrate']);
      await rm(join(folder, '20260102000000_later'), { recursive: true });

      const { stdout } = await gatehouse.runHere([...project, 'migrate', '--status']);
      expect(stdout.split('\n').filter((line) => line.startsWith('project'))).toEqual([
        'project   applied   20260101000000_notes',
        'project   newer     20260102000000_later',
      ]);
      const older = await gatehouse.serveHere({}, project);
      await older.waitForLine(/migrations of a newer version.*20260102000000_later/);
    },
  );
});

describe('migrate --create', () => {
  it('writes nothing when the schema has not changed', async () => {
    const before = readdirSync(ofRooms);
    const { code, stdout } = await gatehouse.runHere(['migrate', '--create', 'add_nothing']);
    expect(stdout).toBe('prisma/schema.prisma has not changed.\n');
    expect(code).toBe(0);
    expect(readdirSync(ofRooms)).toEqual(before);
  });

  it.each([['--accept-data-loss'], ['--rename', 'a.b=c']])('alone has %s', async (...words) => {
    expect(await gatehouse.runHere(['migrate', ...words])).toMatchObject({
      code: 2,
      stderr: '--rename and --accept-data-loss need --create <name>.\n',
    });
  });

  it.each(['a.b', 'a=b=c', 'a.b=c.d', '=b'])('refuses the new name %s', async (change) => {
    const { code, stderr } = await gatehouse.runHere([
      'migrate',
      '--create',
      'x',
      '--rename',
      change,
    ]);
    expect([code, stderr]).toEqual([
      1,
      expect.stringContaining(`${change} is no new name: write `),
    ]);
  });

  it('refuses a name that could be a path', async () => {
    const { code, stderr } = await gatehouse.runHere(['migrate', '--create', '../evil']);
    expect(stderr).toMatch(
      /^A migration name must contain only lower-case letters, digits and underscores\./,
    );
    expect(code).toBe(1);
  });
});
