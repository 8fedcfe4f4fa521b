import { expect, it } from 'vitest';
import { databaseTimeLeftMs, withDatabaseTime } from '../../src/database/database-time.ts';

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
