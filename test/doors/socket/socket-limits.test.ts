import { expect, it } from 'vitest';
import { createTokenBucket, pieceLimits } from '../../../src/doors/socket/socket-limits.ts';

it('lets so many pass at once, and so many a second for long', () => {
  let elapsedMs = 0;
  const mayPass = createTokenBucket({ capacity: 3, perSecond: 2, elapsedMs: () => elapsedMs });
  const passing = () => Array.from({ length: 4 }, () => mayPass()).filter(Boolean).length;
  expect(passing()).toBe(3);
  elapsedMs = 499;
  expect(passing()).toBe(0);
  elapsedMs = 1_000;
  expect(passing()).toBe(2);
  elapsedMs = 60_000;
  expect(passing()).toBe(3);
});

it.each([
  { maxMessageBytes: 1_000, maxFragments: 64, maxBufferedChunks: 256 },
  { maxMessageBytes: 100_000, maxFragments: 64, maxBufferedChunks: 256 },
  { maxMessageBytes: 1_000_000, maxFragments: 250, maxBufferedChunks: 2_500 },
])(
  'lets a message of $maxMessageBytes bytes come in so many pieces',
  ({ maxMessageBytes, ...limits }) => {
    expect(pieceLimits(maxMessageBytes)).toEqual(limits);
  },
);
