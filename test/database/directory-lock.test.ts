import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { connectEmbedded } from '../../src/database/connect-embedded.ts';
import { DataDirectoryInUseError, lockDirectory } from '../../src/database/directory-lock.ts';
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

async function startLocker(): Promise<Child> {
  const child = await startChild('lock-folder.ts', directory);
  children.push(child);
  expect(await child.readLine()).toBe('ready');
  return child;
}

async function askToLock(child: Child): Promise<string> {
  child.say('go');
  return child.readLine();
}

describe('the lock of the data folder', { timeout: 30_000 }, () => {
  it('makes the folder for its owner alone', async () => {
    await lockDirectory(directory);
    expect((await stat(directory)).mode & 0o777).toBe(0o700);
  });

  it('names the folder and the holder to a second process', async () => {
    const holder = await startLocker();
    expect(await askToLock(holder)).toBe('won');
    const error = await lockDirectory(directory).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(DataDirectoryInUseError);
    expect(error).toMatchObject({ directory, pid: holder.pid });
  });

  it('does not serve two databases of one process', async () => {
    const lock = await lockDirectory(directory);
    await expect(lockDirectory(directory)).rejects.toMatchObject({ pid: process.pid });
    await lock.release();
  });

  it('is free again, without a file left, once it is released', async () => {
    const lock = await lockDirectory(directory);
    await lock.release();
    await lock.release();
    expect(await readdir(directory)).toEqual([]);
    expect(await askToLock(await startLocker())).toBe('won');
  });

  it('is taken over at once when its holder was killed', async () => {
    const holder = await startLocker();
    expect(await askToLock(holder)).toBe('won');
    await holder.kill();
    await lockDirectory(directory);
    expect(await readdir(directory)).toEqual(['gatehouse.lock']);
  });

  it('is taken over when an earlier process had the id of this one', async () => {
    await lockDirectory(directory).then((lock) => lock.release());
    await writeFile(join(directory, 'gatehouse.lock'), `${process.pid}-1700000000000`);
    await expect(lockDirectory(directory)).resolves.toBeDefined();
  });

  it('is taken over when a successor of a dead holder died before it was done', async () => {
    await lockDirectory(directory).then((lock) => lock.release());
    await writeFile(join(directory, 'gatehouse.lock'), `${process.pid}-1`);
    await writeFile(join(directory, `gatehouse.lock.after-${process.pid}-1`), `${process.pid}-2`);
    await lockDirectory(directory);
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
