import {
  chmod,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { connectEmbedded, hasEmbedded } from '../../src/database/embedded/connect-embedded.ts';
import { lockFile } from '../../src/database/embedded/directory-lock.ts';
import { embeddedVersion, makePrivate } from '../../src/database/embedded/embedded-folder.ts';
import { runCommand } from '../support/run-cli.ts';
import { isWhole } from '../support/sample.ts';
import { unpackDatabase } from '../support/unpack-database.ts';

let dataDir: string;
const database = (...path: readonly string[]) => join(dataDir, 'database', ...path);

beforeEach(async () => {
  dataDir = join(await mkdtemp(join(tmpdir(), 'gatehouse-folder-')), 'data');
});
afterEach(() => rm(join(dataDir, '..'), { recursive: true }));

const open = () => connectEmbedded(dataDir);
const modeOf = async (path: string) => ((await stat(path)).mode & 0o777).toString(8);
const isWindows = process.platform === 'win32';

/** What marks a running process: it holds no data. */
const marks = [lockFile, 'postmaster.pid'];

/** The size of each file that is data, and when it was written last. */
async function filesOf(folder: string): Promise<Readonly<Record<string, string>>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && !marks.includes(entry.name));
  const states = files.map(async ({ parentPath, name }) => {
    const { size, mtimeMs } = await stat(join(parentPath, name));
    return [join(parentPath, name), `${size} ${mtimeMs}`] as const;
  });
  return Object.fromEntries(await Promise.all(states));
}

/** Runs `work` with the rights of an ordinary user, whom root must become to be denied anything. */
async function withoutRoot<Result>(work: () => Promise<Result>): Promise<Result> {
  if (process.geteuid?.() !== 0) return work();
  process.seteuid?.(65_534);
  try {
    return await work();
  } finally {
    process.seteuid?.(0);
  }
}

const firstSegment = '000000010000000000000001';

describe('a folder of the embedded database', () => {
  it.each([
    { damage: 'no PG_VERSION', act: () => rm(database('PG_VERSION')) },
    {
      damage: 'other files only',
      async act() {
        await rm(database(), { recursive: true });
        await mkdir(database());
        await writeFile(database('notes.txt'), 'mine');
      },
    },
    {
      damage: 'a file in its place',
      async act() {
        await rm(database(), { recursive: true });
        await writeFile(database(), 'mine');
      },
    },
    { damage: 'an older version', act: () => writeFile(database('PG_VERSION'), '15\n') },
    {
      damage: 'a pg_control that is cut off',
      act: () => truncate(database('global', 'pg_control'), 100),
    },
    {
      damage: 'a pg_control of zeros',
      act: () => writeFile(database('global', 'pg_control'), Buffer.alloc(8192)),
    },
    { damage: 'no pg_notify', act: () => rm(database('pg_notify'), { recursive: true }) },
    {
      damage: 'a segment of the log that is cut off',
      act: () => truncate(database('pg_wal', firstSegment), 1_000_000),
    },
    {
      damage: 'no segment of the log',
      act: () => rm(database('pg_wal', firstSegment)),
    },
  ])('with $damage is refused with advice, and its files are kept as they are', async ({ act }) => {
    await unpackDatabase(dataDir);
    await act();
    const before = await filesOf(dataDir);
    const environment = { DATA_DIR: dataDir, LOG_LEVEL: 'silent' };
    for (const words of [['start'], ['user', 'list']]) {
      const { code, stdout, stderr } = await runCommand(words, { environment });
      expect(stderr).toMatch(
        /^The embedded database in .*: its files are damaged.* To do: .*backup of DATA_DIR.*\.\n.*#embedded-database-unusable\n$/,
      );
      expect([code, stdout]).toEqual([1, '']);
    }
    const { stdout } = await runCommand(['doctor'], { environment });
    expect(stdout).toContain('its files are damaged');
    expect(await filesOf(dataDir)).toEqual(before);
  });

  it('without its tables is refused with the same advice', async () => {
    await unpackDatabase(dataDir);
    await rm(database('base'), { recursive: true });
    await expect(open()).rejects.toThrow('its files are damaged');
  });

  it('that this user may not read is refused, and says which user may', async () => {
    await unpackDatabase(dataDir);
    await chmod(join(dataDir, '..'), 0o755);
    await chmod(dataDir, 0o777);
    await chmod(database(), 0o000);
    await expect(withoutRoot(open)).rejects.toThrow(/not accessible to this user.*the owner/);
    await chmod(database(), 0o700);
  });

  it.each([
    {
      problem: 'is a file',
      says: /^The data folder .*data cannot be used: it, or a folder above it, is a file\./,
      act: () => writeFile(dataDir, 'mine'),
    },
    {
      problem: 'has a folder in the place of the lock',
      says: /gatehouse\.lock in it is a folder/,
      act: () => mkdir(join(dataDir, lockFile), { recursive: true }),
    },
  ])('in a data folder that $problem is refused with the reason', async ({ act, says }) => {
    await act();
    const { code, stderr } = await runCommand(['start'], { environment: { DATA_DIR: dataDir } });
    expect(stderr).toMatch(says);
    expect(code).toBe(1);
  });

  it('that a killed process has left is opened', async () => {
    await unpackDatabase(dataDir);
    await writeFile(database('postmaster.pid'), '99999\n/x\n1\n5432\n');
    const connection = await open();
    await connection.ping();
    await connection.close();
  });
});

describe('a new embedded database', () => {
  it.runIf(isWhole)('takes the place of a half of one that a killed start has left', async () => {
    await mkdir(join(dataDir, 'database.draft'), { recursive: true });
    await writeFile(join(dataDir, 'database.draft', 'PG_VERSION'), 'half');
    expect(hasEmbedded(dataDir)).toBe(false);
    const connection = await open();
    await connection.ping();
    await connection.close();
    expect(await readdir(dataDir)).toEqual(['database']);
    expect((await readFile(database('PG_VERSION'), 'utf8')).trim()).toBe(embeddedVersion);
    if (!isWindows) expect(await modeOf(database())).toBe('700');
  });
});

describe.skipIf(isWindows)('an embedded database in a data folder that is open to others', () => {
  beforeEach(async () => {
    await unpackDatabase(dataDir);
    await chmod(join(dataDir, '..'), 0o755);
    await chmod(dataDir, 0o755);
    await chmod(database(), 0o755);
  });

  it('is closed to them when it is opened', async () => {
    expect(await withoutRoot(() => readFile(database('PG_VERSION'), 'utf8'))).toBeTruthy();
    await (await open()).close();
    expect(await modeOf(database())).toBe('700');
  });

  it('is reported by doctor', async () => {
    const environment = { DATA_DIR: dataDir };
    await chmod(dataDir, 0o777);
    const { stdout } = await runCommand(['doctor', '--json'], { environment });
    expect(JSON.parse(stdout).checks).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          name: 'data folder',
          state: 'warning',
          found: expect.stringMatching(/other users can read/),
        }),
        expect.objectContaining({
          name: 'data folder',
          state: 'warning',
          found: expect.stringMatching(/other users can change/),
        }),
      ]),
    );
  });
});

describe.runIf(process.platform === 'linux')('a folder that stays open to others', () => {
  it('is refused, with what to do', () => {
    // Its mode can be changed by no user.
    expect(() => makePrivate('/proc/self')).toThrow(/mode cannot be changed .* chmod 700/);
  });
});
