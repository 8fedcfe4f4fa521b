import { describe, expect, it } from 'vitest';
import { countedSince } from '../../packages/console/pages/src/access/counted-since.ts';

describe('counting began', () => {
  const since = '2026-03-01';
  const gap = (from: string, to: string) => ({ from: `${from}Z`, to: `${to}Z` });
  it.each([
    { gaps: [], begun: '2026-03-01T00:00:00.000Z' },
    { gaps: [gap('2026-03-01T00:00', '2026-03-04T10:00')], begun: '2026-03-04T10:00:00.000Z' },
    // A node that does not count follows a time without a node, and counting stopped later.
    {
      gaps: [
        gap('2026-03-01T00:00', '2026-03-04T10:00'),
        gap('2026-03-04T10:00', '2026-03-05T10:00'),
        gap('2026-03-08T10:00', '2026-03-09T10:00'),
      ],
      begun: '2026-03-05T10:00:00.000Z',
    },
    { gaps: [gap('2026-03-02T00:00', '2026-03-04T10:00')], begun: '2026-03-01T00:00:00.000Z' },
  ])('at $begun with the gaps $gaps', ({ gaps, begun }) => {
    expect(countedSince({ since, gaps }).toISOString()).toBe(begun);
  });
});
