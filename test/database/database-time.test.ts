import { setTimeout } from 'node:timers/promises';
import { expect, it } from 'vitest';
import {
  awayFromDatabase,
  databaseTimeLeftMs,
  withDatabaseTime,
  withReadTime,
} from '../../src/database/database-time.ts';

it('is what is left until the deadline, where that is sooner', async () => {
  await withDatabaseTime(
    1_000,
    async () => expect(databaseTimeLeftMs()).toBeLessThanOrEqual(50),
    50,
  );
  await withDatabaseTime(
    50,
    async () => expect(databaseTimeLeftMs()).toBeLessThanOrEqual(50),
    1_000,
  );
});

it('has no end for what goes on when the work has ended, such as the timer of a socket', async () => {
  let goOn = () => {};
  let left: Promise<number> = Promise.resolve(0);
  await withDatabaseTime(
    1_000,
    async () => {
      left = new Promise<void>((resolve) => {
        goOn = resolve;
      }).then(databaseTimeLeftMs);
    },
    1_000,
  );
  goOn();
  expect(await left).toBe(Number.POSITIVE_INFINITY);
});

it('follows work to its end, though other work ends meanwhile', async () => {
  let end = () => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  const long = withDatabaseTime(60_000, async () => {
    await ended;
    return databaseTimeLeftMs();
  });
  expect(await withDatabaseTime(500, async () => databaseTimeLeftMs())).toBeLessThanOrEqual(500);
  end();
  expect(await long).toBeGreaterThan(500);
  expect(await long).toBeLessThanOrEqual(60_000);
  expect(databaseTimeLeftMs()).toBe(Number.POSITIVE_INFINITY);
});

const gone = { code: 'ETIMEDOUT' };
/** Long beside the precision of timers, and short for whoever runs the tests. */
const totalMs = 200;

it('gives work up that waits for what another has asked, and leaves it no time for more', async () => {
  let later: Promise<number> | undefined;
  let answerTheOther = () => {};
  const ofAnother = new Promise<void>((resolve) => {
    answerTheOther = resolve;
  });
  const work = withDatabaseTime(totalMs, () => {
    later = ofAnother.then(databaseTimeLeftMs);
    return later;
  });
  await expect(work).rejects.toMatchObject(gone);
  answerTheOther();
  expect(await later).toBeLessThanOrEqual(0);
});

it('does not count what is done away from the database while that is quick', async () => {
  const away = () => awayFromDatabase(() => setTimeout(2 * totalMs));
  await withDatabaseTime(totalMs, async () => {
    await Promise.all([away(), away()]);
    await away();
    const leftMs = databaseTimeLeftMs();
    expect(leftMs).toBeGreaterThan(0);
    expect(leftMs).toBeLessThan(totalMs / 2);
  });
});

it('counts what is done away from the database when that has been slow before', async () => {
  let isDone = false;
  const work = withDatabaseTime(totalMs, async () => {
    await setTimeout(totalMs / 2);
    await awayFromDatabase(() => setTimeout(3 * totalMs));
    isDone = true;
  });
  await expect(work).rejects.toMatchObject(gone);
  expect(isDone).toBe(false);
});

it('ends at the deadline, away from the database as well', async () => {
  const away = () => awayFromDatabase(() => new Promise(() => {}));
  await expect(withDatabaseTime(60_000, away, 20)).rejects.toMatchObject(gone);
});

it('waits for what only reads as long as it may', async () => {
  expect(await withReadTime(60_000, async () => 'read')).toBe('read');
  const never = withReadTime(1, () => new Promise(() => {}));
  await expect(never).rejects.toMatchObject({ code: 'ETIMEDOUT' });
  const failed = withReadTime(60_000, () => Promise.reject(new Error('It failed.')));
  await expect(failed).rejects.toThrow('It failed.');
});
