import { existsSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { histories } from '../support/database-snapshot.ts';
import { useGatehouse } from '../support/process.ts';

const ofRooms = histories[1]?.migrationsDirectory ?? '';

import { logIn } from './log-in.ts';

const gatehouse = useGatehouse();

const names = histories.flatMap((history) =>
  readdirSync(history.migrationsDirectory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .toSorted(),
);

/** One line for each migration, as in `applied   20261124000000_init`. */
const lines = (state: string) => names.map((name) => `${state.padEnd(9)} ${name}\n`).join('');

describe('migrate', () => {
  it('shows what is pending, applies it, ends, and the next time has nothing to do', async () => {
    const settings = { MIGRATE: 'off' }; // asked for by name, it migrates all the same
    const before = await gatehouse.runHere(['migrate', '--status'], settings);
    expect(before).toMatchObject({ code: 0, stdout: lines('pending') });
    expect(existsSync(gatehouse.dataDir())).toBe(false); // to look makes nothing

    const migrating = gatehouse.start(['migrate'], settings);
    await migrating.waitForLine(/^applied /m);
    const doneAt = performance.now();
    expect(await migrating.exited).toMatchObject({ code: 0, stdout: lines('applied') });
    // Does not wait for what the schema engine leaves running: a timer of 10 s.
    expect(performance.now() - doneAt).toBeLessThan(5_000);

    const after = await gatehouse.runHere(['migrate', '--status'], settings);
    expect(after).toMatchObject({ code: 0, stdout: lines('applied') });
    expect(await gatehouse.runHere(['migrate'], settings)).toMatchObject({
      code: 0,
      stdout: 'The database is up to date.\n',
    });

    const server = await gatehouse.serve({ ...settings, ADMIN_PASSWORD: 'plum-kettle-orbit-58' });
    expect(await logIn(server.url, 'admin', 'plum-kettle-orbit-58')).toMatchObject({
      groups: ['ADMIN'],
    });
  });

  it('does not touch a database that a server has open', async () => {
    await gatehouse.prepareDataDir();
    await gatehouse.serve();
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

describe('migrate --create', () => {
  it('writes nothing when the schema has not changed', async () => {
    const before = readdirSync(ofRooms);
    const { code, stdout } = await gatehouse.runHere(['migrate', '--create', 'add_nothing']);
    expect(stdout).toBe('prisma/schema.prisma has not changed.\n');
    expect(code).toBe(0);
    expect(readdirSync(ofRooms)).toEqual(before);
  });

  it('refuses a name that could be a path', async () => {
    const { code, stderr } = await gatehouse.runHere(['migrate', '--create', '../evil']);
    expect(stderr).toMatch(
      /^A migration name must contain only lower-case letters, digits and underscores\./,
    );
    expect(code).toBe(1);
  });
});
