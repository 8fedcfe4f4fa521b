import { expect, it } from 'vitest';
import { retryCollisions } from '../../src/database/time/retry-collisions.ts';

const serializationFailure = Object.assign(new Error('could not serialize'), { code: '40001' });
const deadlock = Object.assign(new Error('deadlock detected'), { code: '40P01' });
const lost = Object.assign(new Error('lost'), { code: 'ECONNRESET' });

/** A transaction that fails with these errors, one after the other, and then gives 7. */
function transactions(...errors: readonly Error[]) {
  const remaining = [...errors];
  const runs = { count: 0 };
  const transact = retryCollisions(
    async (work: () => Promise<number>) => {
      runs.count += 1;
      const error = remaining.shift();
      if (error !== undefined) throw error;
      return work();
    },
    { random: () => 0 },
  );
  return { runs, transact: () => transact(async () => 7) };
}

it.each([
  { what: 'once', errors: [serializationFailure], runs: 2 },
  {
    what: 'five times',
    errors: [deadlock, serializationFailure, { ...deadlock, name: 'Error' }, deadlock, deadlock],
    runs: 6,
  },
])('runs a transaction again that has collided $what', async ({ errors, runs }) => {
  const { transact, runs: counted } = transactions(...errors);
  expect([await transact(), counted.count]).toEqual([7, runs]);
});

it.each([
  { what: 'a sixth collision', errors: Array(6).fill(deadlock), runs: 6 },
  { what: 'a lost connection, whose outcome is unknown', errors: [lost], runs: 1 },
])('gives up after $what', async ({ errors, runs }) => {
  const { transact, runs: counted } = transactions(...errors);
  await expect(transact()).rejects.toBe(errors.at(-1));
  expect(counted.count).toBe(runs);
});
