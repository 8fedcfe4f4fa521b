import type { CountPeriod } from './counts.store.ts';

/** A time in which not all nodes counted, or none ran. */
export interface Gap {
  readonly from: Date;
  readonly to: Date;
  /** `off`: a node ran and did not count. `none`: no node recorded that it ran. */
  readonly reason: 'off' | 'none';
}

/** How long no node may have run, such as for a restart: a killed one has recorded its last minute or not. */
const toleratedMs = 15 * 60 * 1000;

/**
 * Finds the times without counts between `from` and `to`. Pure. Each node records when it runs, and whether it counts: one
 * that does not makes a gap, whatever others do. A short time in which none ran is no gap: nothing was used in it.
 *
 * @param periods in the order of their starts.
 */
export function findGaps(
  periods: readonly CountPeriod[],
  { from, to }: { readonly from: Date; readonly to: Date },
): readonly Gap[] {
  const off = periods
    .filter(({ isCounting }) => !isCounting)
    .map(
      ({ startedAt, endedAt }): Gap => ({
        from: later(startedAt, from),
        to: earlier(endedAt, to),
        reason: 'off',
      }),
    )
    .filter((gap) => gap.from <= gap.to);
  const none: Gap[] = [];
  let covered = from;
  for (const { startedAt, endedAt } of periods) {
    addUncovered(startedAt);
    covered = later(covered, endedAt);
  }
  addUncovered(to);
  return [...joined(off), ...none].sort(
    (left, right) => left.from.getTime() - right.from.getTime(),
  );

  function addUncovered(end: Date): void {
    const isLong = end.getTime() - covered.getTime() > toleratedMs;
    if (isLong) none.push({ from: covered, to: end, reason: 'none' });
  }
}

/** Joins gaps that overlap, or that a restart divides. */
function joined(gaps: readonly Gap[]): readonly Gap[] {
  const found: Gap[] = [];
  for (const gap of gaps) {
    const last = found.at(-1);
    if (last === undefined || gap.from.getTime() - last.to.getTime() > toleratedMs) {
      found.push(gap);
    } else {
      found.splice(-1, 1, { ...last, to: later(last.to, gap.to) });
    }
  }
  return found;
}

const later = (one: Date, other: Date): Date => (one > other ? one : other);
const earlier = (one: Date, other: Date): Date => (one < other ? one : other);
