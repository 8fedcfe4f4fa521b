import { expect, it } from 'vitest';
import {
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
  expect(await withDatabaseTime(500, async () => databaseTimeLeftMs())).toBe(500);
  end();
  expect(await long).toBe(60_000);
  expect(await withDatabaseTime(700, async () => databaseTimeLeftMs())).toBe(700);
  expect(databaseTimeLeftMs()).toBe(Number.POSITIVE_INFINITY);
});

it('waits for what only reads as long as it may', async () => {
  expect(await withReadTime(60_000, async () => 'read')).toBe('read');
  const never = withReadTime(1, () => new Promise(() => {}));
  await expect(never).rejects.toMatchObject({ code: 'ETIMEDOUT' });
  const failed = withReadTime(60_000, () => Promise.reject(new Error('It failed.')));
  await expect(failed).rejects.toThrow('It failed.');
});
