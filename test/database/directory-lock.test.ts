import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { connectEmbedded } from '../../src/database/connect-embedded.ts';
import {
  DataDirectoryInUseError,
  type DirectoryLock,
  lockDirectory,
} from '../../src/database/directory-lock.ts';
import { parseHolder, placeOfThisProcess } from '../../src/database/lock-holder.ts';
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

const lock = (place?: string): Promise<DirectoryLock> => lockDirectory(directory, place);

const lockPath = () => join(directory, 'gatehouse.lock');

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

describe('the lock of the data folder', { timeout: 120_000 }, () => {
  it('makes the folder for its owner alone', async () => {
    await lock();
    expect((await stat(directory)).mode & 0o777).toBe(0o700);
  });

  it('names the folder and the holder to a second process', async () => {
    const holder = await startLocker();
    expect(await askToLock(holder)).toBe('won');
    const error = await lock().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(DataDirectoryInUseError);
    expect(error).toMatchObject({ directory, pid: holder.pid });
  });

  it('does not serve two databases of one process', async () => {
    const held = await lock();
    await expect(lock()).rejects.toMatchObject({ pid: process.pid });
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
    await lock().then((held) => held.release());
    await writeFile(lockPath(), `${process.pid}-1700000000000 ${placeOfThisProcess()}`);
    await expect(lock()).resolves.toBeDefined();
  });

  it('names the file to delete when a process was killed while it took over', async () => {
    await lock().then((held) => held.release());
    const dead = `${process.pid}-1 ${placeOfThisProcess()}`;
    await writeFile(lockPath(), dead);
    await writeFile(`${lockPath()}.takeover`, dead);
    await expect(lock()).rejects.toThrow(`delete ${lockPath()}.takeover`);
    await rm(`${lockPath()}.takeover`);
    await lock();
    expect(await readdir(directory)).toEqual(['gatehouse.lock']);
  });

  it('goes to exactly one of six that find a stale one at the same time', async () => {
    const dead = await startLocker();
    expect(await askToLock(dead)).toBe('won');
    const starters = await Promise.all(Array.from({ length: 6 }, startLocker));
    await dead.kill();
    const answers = await Promise.all(starters.map(askToLock));
    expect(answers.sort()).toEqual(['lost', 'lost', 'lost', 'lost', 'lost', 'won']);
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

describe('the lock of a process in another place', () => {
  const here = 'web-1 boot pid:[1]';

  it('holds on another host, which cannot be examined, and names it', async () => {
    const held = await lock('web-2 boot pid:[1]');
    const error = await lock(here).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(DataDirectoryInUseError);
    expect(error).toMatchObject({ host: 'web-2', pid: process.pid });
    expect(String(error)).toContain(`delete ${lockPath()}`);
    await held.release();
    await expect(lock(here)).resolves.toBeDefined();
  });

  it.each([
    { what: 'a machine that was started again', place: 'web-1 earlier-boot pid:[1]' },
    { what: 'a container that was started again', place: 'web-1 boot pid:[2]' },
  ])('is taken over from $what', async ({ place }) => {
    await lock(place);
    await lock(here);
    expect(await readdir(directory)).toEqual(['gatehouse.lock']);
  });

  it('names the host of this process, and is a place that other processes here share', async () => {
    await lock();
    const [, place = ''] = (await readFile(lockPath(), 'utf8')).split(/ (.*)/);
    expect(place).toBe(placeOfThisProcess());
    expect(parseHolder(`1 ${place}`).host).toBe(hostname());
  });
});
