import fc from 'fast-check';
import { expect, it } from 'vitest';
import { findGaps } from '../../packages/rights/src/counts/find-gaps.ts';

const at = (time: string) => new Date(`2026-03-${time}Z`);
const range = { from: at('01T00:00'), to: at('05T00:00') };

const period = (started: string, ended: string, isCounting = true) => ({
  startedAt: at(started),
  endedAt: at(ended),
  isCounting,
});

const gapsOf = (...periods: readonly ReturnType<typeof period>[]) =>
  findGaps(periods, range).map(
    ({ from, to, reason }) =>
      `${from.toISOString().slice(8, 16)} to ${to.toISOString().slice(8, 16)} ${reason}`,
  );

it.each([
  { what: 'no node', periods: [], gaps: ['01T00:00 to 05T00:00 none'] },
  { what: 'a node that ran longer', periods: [period('01T00:00', '06T00:00')], gaps: [] },
  {
    what: 'a node that started later',
    periods: [period('02T10:00', '05T00:00')],
    gaps: ['01T00:00 to 02T10:00 none'],
  },
  {
    what: 'a restart of ten minutes',
    periods: [period('01T00:00', '02T00:00'), period('02T00:10', '05T00:00')],
    gaps: [],
  },
  {
    what: 'an hour without a node',
    periods: [period('01T00:00', '02T00:00'), period('02T01:00', '05T00:00')],
    gaps: ['02T00:00 to 02T01:00 none'],
  },
  {
    what: 'nodes that replace each other',
    periods: [period('01T00:00', '03T00:00'), period('02T00:00', '05T00:00')],
    gaps: [],
  },
  {
    what: 'a node that does not count, beside one that does',
    periods: [period('01T00:00', '05T00:00'), period('02T00:00', '03T00:00', false)],
    gaps: ['02T00:00 to 03T00:00 off'],
  },
  {
    what: 'a node that does not count and is restarted',
    periods: [period('01T00:00', '03T00:00', false), period('03T00:01', '05T00:00', false)],
    gaps: ['01T00:00 to 05T00:00 off'],
  },
])('with $what, the gaps are $gaps', ({ periods, gaps }) => {
  expect(gapsOf(...periods)).toEqual(gaps);
});

it('covers each time in which a node did not count or none ran, and none in which all counted', () => {
  const quarterMs = 15 * 60_000;
  const start = range.from.getTime();
  const quarters = 40;
  const time = (quarter: number) => new Date(start + quarter * quarterMs);
  const periodsOf = fc.array(fc.tuple(fc.nat(quarters), fc.nat(quarters), fc.boolean()));
  fc.assert(
    fc.property(periodsOf, (drawn) => {
      const periods = drawn
        // One without a length divides a time in which none ran.
        .filter(([one, other]) => one !== other)
        .map(([one, other, isCounting]) => ({
          startedAt: time(Math.min(one, other)),
          endedAt: time(Math.max(one, other)),
          isCounting,
        }))
        .sort((left, right) => left.startedAt.getTime() - right.startedAt.getTime());
      const gaps = findGaps(periods, { from: time(0), to: time(quarters) });
      const isIn = (list: readonly { from: Date; to: Date }[], quarter: number) =>
        list.some(({ from, to }) => from <= time(quarter) && to >= time(quarter + 1));
      const toSpan = ({ startedAt, endedAt }: (typeof periods)[number]) => ({
        from: startedAt,
        to: endedAt,
      });
      const off = periods.filter(({ isCounting }) => !isCounting).map(toSpan);
      const ran = (quarter: number) => isIn(periods.map(toSpan), quarter);
      for (let quarter = 0; quarter < quarters; quarter += 1) {
        const isOff = isIn(off, quarter);
        // One quarter alone may be a restart.
        const isLong = !ran(quarter) && quarter + 1 < quarters && !ran(quarter + 1);
        if (isOff || isLong) expect(isIn(gaps, quarter)).toBe(true);
        if (!isOff && ran(quarter)) {
          const whole = gaps.filter(({ reason }) => reason === 'none');
          expect(isIn(whole, quarter)).toBe(false);
        }
      }
    }),
  );
});
