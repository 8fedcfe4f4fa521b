import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { connectEmbedded } from '../../src/database/embedded/connect-embedded.ts';
import {
  DataDirectoryInUseError,
  type DirectoryLock,
  lockDirectory,
} from '../../src/database/embedded/directory-lock.ts';
import { type Child, startChild } from './child.ts';

let directory: string;
let children: Child[];

beforeEach(async () => {
  children = [];
  directory = join(await mkdtemp(join(tmpdir(), 'gatehouse-lock-')), 'data');
});

afterEach(async () => {
  await Promise.all(children.map((child) => child.kill()));
  await rm(join(directory, '..'), { recursive: true });
});

const lock = (host?: string): Promise<DirectoryLock> => lockDirectory(directory, host);

const lockPath = () => join(directory, 'gatehouse.lock');

async function writeLock(content: string): Promise<void> {
  await mkdir(directory);
  await writeFile(lockPath(), content);
}

async function startLocker(): Promise<Child> {
  const child = await startChild('lock-folder.mjs', directory);
  children.push(child);
  expect(await child.readLine()).toBe('ready');
  return child;
}

async function askToLock(child: Child): Promise<string> {
  child.say('go');
  return child.readLine();
}

describe('the lock of the data folder', () => {
  it('makes the folder for its owner alone', async () => {
    await lock();
    expect((await stat(directory)).mode & 0o777).toBe(0o700);
  });

  it('names the folder and the holder to a second process', async () => {
    const holder = await startLocker();
    expect(await askToLock(holder)).toBe('won');
    const error = await lock().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(DataDirectoryInUseError);
    expect(String(error)).toContain(directory);
    expect(error).toMatchObject({ holder: `process ${holder.pid} on the host ${hostname()}` });
  });

  it('does not serve two databases of one process', async () => {
    const held = await lock();
    await expect(lock()).rejects.toThrow(`in use by process ${process.pid} `);
    await held.release();
  });

  it('is free again, without a file left, once it is released', async () => {
    const held = await lock();
    await held.release();
    await held.release();
    expect(await readdir(directory)).toEqual([]);
    expect(await askToLock(await startLocker())).toBe('won');
  });

  it('is taken over at once when its holder was killed', async () => {
    const holder = await startLocker();
    expect(await askToLock(holder)).toBe('won');
    await holder.kill();
    await lock();
    expect(await readdir(directory)).toEqual(['gatehouse.lock']);
  });

  it('is taken over when an earlier process had the id of this one', async () => {
    await writeLock(`${process.pid} 1700000000000 earlier ${hostname()}\n`);
    await expect(lock()).resolves.toBeDefined();
  });

  it.each([
    { what: 'is empty', content: '' },
    { what: 'has a line without its end', content: `${process.pid} 17000` },
    { what: 'consists of zeros', content: '\0'.repeat(60) },
  ])('is taken over when a power failure has left a file that $what', async ({ content }) => {
    await writeLock(content);
    const held = await lock();
    await expect(lock()).rejects.toBeInstanceOf(DataDirectoryInUseError);
    await held.release();
    expect(await readdir(directory)).toEqual([]);
  });

  it('names the file to delete when another program got the id of the holder', async () => {
    await writeLock(`${process.ppid} 1700000000000 earlier ${hostname()}\n`);
    await expect(lock()).rejects.toThrow(`another process now, delete ${lockPath()}.`);
    await rm(lockPath());
    await expect(lock()).resolves.toBeDefined();
  });

  it('goes to exactly one of six that find a stale one at the same time, and is free after it', async () => {
    const dead = await startLocker();
    expect(await askToLock(dead)).toBe('won');
    const starters = await Promise.all(Array.from({ length: 6 }, startLocker));
    await dead.kill();
    const answers = await Promise.all(starters.map(askToLock));
    expect([...answers].sort()).toEqual(['lost', 'lost', 'lost', 'lost', 'lost', 'won']);
    await starters[answers.indexOf('won')]?.kill();
    await expect(lock()).resolves.toBeDefined(); // the others are still running
  });

  it('guards the embedded database until that is closed, and its rows are there again', async () => {
    const first = await connectEmbedded(directory);
    await expect(connectEmbedded(directory)).rejects.toBeInstanceOf(DataDirectoryInUseError);
    await first.migrations.query('CREATE TABLE kept AS SELECT 7 AS seven');
    await first.close();
    const second = await connectEmbedded(directory);
    expect(await second.migrations.query('SELECT seven FROM kept')).toEqual([{ seven: 7 }]);
    await second.close();
  });
});

describe('the lock of a process on another host', () => {
  it('holds, because it cannot be examined, and names the host and the file', async () => {
    const held = await lock('web-2');
    const error = await lock('web-1').catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(DataDirectoryInUseError);
    expect(error).toMatchObject({ holder: `process ${process.pid} on the host web-2` });
    expect(String(error)).toContain(`delete ${lockPath()}`);
    await held.release();
    await expect(lock('web-1')).resolves.toBeDefined();
  });
});
