import { mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { connectEmbedded } from '../../src/database/connect-embedded.ts';
import {
  DataDirectoryInUseError,
  type DirectoryLock,
  type LockOptions,
  lockDirectory,
} from '../../src/database/directory-lock.ts';
import { hostOf, placeOfThisProcess } from '../../src/database/lock-holder.ts';
import { eventually } from '../support/eventually.ts';
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

const neverLost = (error: Error): never => {
  throw error;
};

const lock = (options: Partial<LockOptions> = {}): Promise<DirectoryLock> =>
  lockDirectory(directory, { onLost: neverLost, ...options });

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
    await writeFile(join(directory, 'gatehouse.lock'), `${process.pid}-1700000000000`);
    await expect(lock()).resolves.toBeDefined();
  });

  it('is taken over when a successor of a dead holder died before it was done', async () => {
    await lock().then((held) => held.release());
    await writeFile(join(directory, 'gatehouse.lock'), `${process.pid}-1`);
    await writeFile(join(directory, `gatehouse.lock.after-${process.pid}-1`), `${process.pid}-2`);
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
    const first = await connectEmbedded(directory, { onLost: neverLost });
    await expect(connectEmbedded(directory, { onLost: neverLost })).rejects.toBeInstanceOf(
      DataDirectoryInUseError,
    );
    await first.migrations.query('CREATE TABLE kept AS SELECT 7 AS seven');
    await first.close();
    const second = await connectEmbedded(directory, { onLost: neverLost });
    expect(await second.migrations.query('SELECT seven FROM kept')).toEqual([{ seven: 7 }]);
    await second.close();
  });
});

describe('the lock of a data folder that processes of other containers use', () => {
  const lockPath = () => join(directory, 'gatehouse.lock');
  const isGone = async () => undefined;

  /** Takes the folder in a container of its own, whose timer and clock the test moves. */
  async function lockInOtherContainer(place: string) {
    const lost: Error[] = [];
    let work: (() => void) | undefined;
    let at = Date.UTC(2001, 0, 1); // far from any other clock: that must not matter
    const held = await lock({
      place,
      onLost: (error) => lost.push(error),
      now: () => {
        at += 2_000;
        return new Date(at);
      },
      every: (_ms, beat) => {
        work = beat;
        return () => {
          work = undefined;
        };
      },
    });
    return {
      held,
      lost,
      isBeating: () => work !== undefined,
      /** Beats once, and resolves when the lock was touched. */
      async beat() {
        const before = await touchedAt();
        work?.();
        await eventually(async () => expect(await touchedAt()).not.toBe(before));
      },
      /** Beats so often, whatever comes of it. */
      async beatTimes(count: number) {
        for (let n = 0; n < count; n += 1) await work?.();
      },
      /** Beats once, and resolves when this has told that the lock is lost. */
      async beatInVain() {
        work?.();
        await eventually(() => expect(lost).toHaveLength(1));
      },
    };
  }

  const touchedAt = async () => (await stat(lockPath(), { bigint: true })).mtimeNs;

  it('is refused while its holder touches it, with the host and what to do', async () => {
    const holder = await lockInOtherContainer('web-1 boot pid:[1]');
    const waits: number[] = [];
    const error = await lock({
      place: 'web-2 boot pid:[2]',
      async wait(ms) {
        waits.push(ms);
        if (waits.length === 4) await holder.beat();
      },
    }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(DataDirectoryInUseError);
    expect(error).toMatchObject({ host: 'web-1', pid: process.pid });
    expect(String(error)).toMatch(/host name web-1.*Stop that process.*released within 10 s/s);
    expect(waits).toEqual([500, 500, 500, 500]);
    expect(holder.lost).toEqual([]);
  });

  it.each([
    { what: 'another host', place: 'web-2 boot pid:[1]' },
    { what: 'another machine of the same name', place: 'web-1 other-boot pid:[1]' },
    { what: 'another container of the same name', place: 'web-1 boot pid:[2]' },
  ])('is taken over from $what once it was not touched for 10 s', async ({ place }) => {
    const holder = await lockInOtherContainer('web-1 boot pid:[1]');
    await holder.beat();
    let watchedMs = 0;
    await lock({
      place,
      async wait(ms) {
        watchedMs += ms;
      },
    });
    expect(watchedMs).toBe(10_000);
    expect(await readdir(directory)).toEqual(['gatehouse.lock']);
  });

  it('is taken over although it was touched in the future, by the clock of a host that is wrong', async () => {
    await lockInOtherContainer('web-1 boot pid:[1]');
    const future = new Date(Date.UTC(2100, 0, 1));
    await utimes(lockPath(), future, future);
    await expect(lock({ place: 'web-2 boot pid:[2]', wait: isGone })).resolves.toBeDefined();
  });

  it('tells a holder that slept, ends its beat, and leaves the lock to the other', async () => {
    const sleeper = await lockInOtherContainer('web-1 boot pid:[1]');
    await lock({ place: 'web-2 boot pid:[2]', wait: isGone });
    await sleeper.beatInVain();
    expect(sleeper.lost).toMatchObject([{ name: 'DataDirectoryLostError' }]);
    expect(sleeper.isBeating()).toBe(false);
    await sleeper.held.release();
    expect(await readdir(directory)).toEqual(['gatehouse.lock']);
  });

  it('tells a holder that could not touch it for 10 s, since others count it as gone', async () => {
    const holder = await lockInOtherContainer('web-1 boot pid:[1]');
    await rm(directory, { recursive: true });
    await writeFile(directory, 'no folder');
    await holder.beatTimes(4);
    expect(holder.lost).toEqual([]);
    await holder.beatTimes(1);
    expect(holder.lost).toMatchObject([{ name: 'DataDirectoryLostError' }]);
    expect(holder.isBeating()).toBe(false);
  });

  it('tells a holder whose lock was removed', async () => {
    const holder = await lockInOtherContainer('web-1 boot pid:[1]');
    await rm(lockPath());
    await holder.beatInVain();
    expect(holder.isBeating()).toBe(false);
  });

  it('is free at once when its holder released it while it was watched', async () => {
    const holder = await lockInOtherContainer('web-1 boot pid:[1]');
    let polls = 0;
    await lock({
      place: 'web-2 boot pid:[2]',
      async wait() {
        polls += 1;
        await holder.held.release();
      },
    });
    expect(polls).toBe(1);
    expect(holder.isBeating()).toBe(false);
  });

  it('goes to one of two that find it dead from elsewhere', async () => {
    await lockInOtherContainer('web-1 boot pid:[1]');
    const outcomes = await Promise.allSettled(
      ['web-2 boot pid:[2]', 'web-2 boot pid:[2]'].map((place) => lock({ place, wait: isGone })),
    );
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  it('is judged by the process id alone when it names no place, as older versions wrote it', async () => {
    await lock().then((held) => held.release());
    await writeFile(lockPath(), `${process.ppid}-1700000000000`);
    await expect(lock({ wait: neverWaits })).rejects.toMatchObject({ pid: process.ppid });
  });

  it('is judged by the process id alone in one place, with no wait', async () => {
    const holder = await lockInOtherContainer('web-1 boot pid:[1]');
    const newcomer = { place: 'web-1 boot pid:[1]', wait: neverWaits };
    await expect(lock(newcomer)).rejects.toMatchObject({ pid: process.pid, host: undefined });
    await holder.held.release();
    await expect(lock(newcomer)).resolves.toBeDefined();
  });

  const neverWaits = (): never => {
    throw new Error('It waited.');
  };

  it('names the host of this process, and is a place that other processes here share', async () => {
    await lock();
    const [, place = ''] = (await readFile(lockPath(), 'utf8')).split(/ (.*)/);
    expect(place).toBe(placeOfThisProcess());
    expect(hostOf(place)).toBe(hostname());
  });
});
