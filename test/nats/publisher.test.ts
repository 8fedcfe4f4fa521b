import { setImmediate } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { createBatchPosition } from '../../packages/nats/src/batch-position.ts';
import { createPublisher } from '../../packages/nats/src/publisher.ts';

const noBatches = {
  readNewest: async () => 0,
  readOldest: async () => 0,
  readAfter: async () => ({ isFound: false, isFull: false, batches: [] }),
  readKey: async () => '',
};

it('pauses longer after each failure, and publishes at once after a success', async () => {
  let elapsedMs = 0;
  let isAway = true;
  const attempts: number[] = [];
  const publish = createPublisher({
    openStream: async () => {
      attempts.push(elapsedMs);
      if (isAway) throw new Error('The server is away.');
      return {
        readLast: async () => undefined,
        publish: async (messages) => messages.length,
        purge: async () => {},
        follow: async () => {},
        isClosed: () => false,
        close: async () => {},
      };
    },
    onError: () => {},
    onSuccess: () => {},
    elapsedMs: () => elapsedMs,
  });
  const beatUntil = async (untilMs: number) => {
    for (; elapsedMs < untilMs; elapsedMs += 10) {
      publish({ batches: noBatches, leads: true });
      await setImmediate();
    }
  };
  await beatUntil(10_000);
  expect(attempts.slice(0, 7)).toEqual([0, 50, 150, 350, 750, 1_550, 3_150]);
  const last = attempts.at(-1) ?? 0;
  expect(attempts).toHaveLength(10);
  isAway = false;
  await beatUntil(last + 2_050);
  expect(attempts.slice(10)).toEqual([
    last + 2_000,
    last + 2_010,
    last + 2_020,
    last + 2_030,
    last + 2_040,
  ]);
});

/** A process that has seen the batches up to 10; the newest one of the table is 20. */
function aPosition() {
  const delivered: number[] = [];
  let losses = 0;
  const position = createBatchPosition({
    start: 10,
    deliver: (_topic, _payloads, number) => void delivered.push(number),
    onLost: () => {
      losses += 1;
    },
    readNewest: async () => 20,
  });
  const take = (number: number, previous: number | null) =>
    position.take({ number, previous, topic: 'news', payloads: '1' });
  return { ...position, take, found: () => ({ delivered, losses }) };
}

it.each([
  { message: 'that follows', taken: [[11, 10]], delivered: [11], losses: 0, isTrue: true },
  { message: 'that was seen', taken: [[10, 9]], delivered: [], losses: 0, isTrue: true },
  {
    message: 'that comes twice',
    taken: [
      [11, 10],
      [11, 10],
    ],
    delivered: [11],
    losses: 0,
    isTrue: true,
  },
  { message: 'after a gap', taken: [[15, 14]], delivered: [15], losses: 1, isTrue: true },
  { message: 'of a loss', taken: [[15, null]], delivered: [15], losses: 1, isTrue: true },
  { message: 'of an old loss', taken: [[9, null]], delivered: [], losses: 0, isTrue: true },
  { message: 'beyond the table', taken: [[21, 20]], delivered: [], losses: 0, isTrue: false },
  {
    message: 'of a loss beyond the table',
    taken: [[99, null]],
    delivered: [],
    losses: 0,
    isTrue: false,
  },
] as const)('takes a message $message', async ({ taken, isTrue, ...expected }) => {
  const position = aPosition();
  let result = true;
  for (const [number, previous] of taken) result = await position.take(number, previous);
  expect(result).toBe(isTrue);
  expect(position.found()).toEqual({ delivered: expected.delivered, losses: expected.losses });
});

it('goes back, and reports a loss, when the table has fewer batches', async () => {
  const position = aPosition();
  position.compare(20);
  position.compare(5);
  await position.take(6, 5);
  expect(position.found()).toEqual({ delivered: [6], losses: 1 });
});
