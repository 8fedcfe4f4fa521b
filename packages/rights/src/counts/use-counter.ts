import type { GroupUses, OperationObserver } from 'graphql-gatehouse';

/** How often a group was used at a coordinate on one day. */
export interface UseCount {
  /** In UTC: `2026-01-31`. */
  readonly day: string;
  readonly coordinate: string;
  readonly group: string;
  readonly alone: number;
  readonly amongOthers: number;
}

/** The first use of a membership on a day. */
export interface MembershipUse {
  readonly day: string;
  readonly userId: string;
  readonly group: string;
}

/** What is to be written. */
export interface CountBatch {
  readonly counts: readonly UseCount[];
  readonly memberships: readonly MembershipUse[];
}

/** Counts in memory until the counts are taken. */
export interface UseCounter {
  /** Counts one operation that ran. */
  readonly count: NonNullable<OperationObserver['onRan']>;
  /** Returns all that was counted since the last call, and begins again. */
  take(): CountBatch;
  /** Adds what could not be written. */
  restore(batch: CountBatch): void;
}

/** The maximum number of operations, by their groups, that are counted before their coordinates are. */
const maxPending = 256;

/** The maximum number of users whose memberships of the day are kept. More are written again, which changes nothing. */
const maxUsers = 50_000;

const dayMs = 24 * 60 * 60 * 1000;

/** Returns the day of a time, in UTC. */
export const dayOf = (at: Date): string => at.toISOString().slice(0, 10);

/**
 * Creates the counter of one process. An operation adds to one number: its coordinates are counted when the counts are
 * taken.
 */
export function createUseCounter({ now }: { readonly now: () => Date }): UseCounter {
  const pending = new Map<GroupUses, number>();
  let counted = new Map<string, UseCount & { alone: number; amongOthers: number }>();
  let memberships: MembershipUse[] = [];
  /** The groups of the day, by user. */
  const known = new Map<string, Set<string>>();
  let day = '';
  let dayStartMs = Number.NaN;

  function add({ alone, amongOthers, ...count }: UseCount): void {
    const key = `${count.day} ${count.coordinate} ${count.group}`;
    const found = counted.get(key);
    if (found === undefined) {
      counted.set(key, { ...count, alone, amongOthers });
      return;
    }
    found.alone += alone;
    found.amongOthers += amongOthers;
  }

  function addPending(): void {
    for (const [{ uses }, times] of pending) {
      for (const { coordinates, alone, amongOthers } of uses) {
        for (const coordinate of coordinates) {
          for (const group of alone) add({ day, coordinate, group, alone: times, amongOthers: 0 });
          for (const group of amongOthers) {
            add({ day, coordinate, group, alone: 0, amongOthers: times });
          }
        }
      }
    }
    pending.clear();
  }

  /** Begins the day of `at`, unless it is the present one. */
  function beginDay(at: Date): void {
    const sinceMs = at.getTime() - dayStartMs;
    if (sinceMs >= 0 && sinceMs < dayMs) return;
    addPending();
    known.clear();
    day = dayOf(at);
    dayStartMs = Date.parse(day);
  }

  function noteUse(userId: string, groups: readonly string[]): void {
    let noted = known.get(userId);
    if (noted === undefined) {
      if (known.size >= maxUsers) known.clear();
      noted = new Set();
      known.set(userId, noted);
    }
    for (const group of groups) {
      if (noted.has(group)) continue;
      noted.add(group);
      memberships.push({ day, userId, group });
    }
  }

  return {
    count(viewer, uses) {
      beginDay(now());
      pending.set(uses, (pending.get(uses) ?? 0) + 1);
      if (pending.size > maxPending) addPending();
      if (viewer.userId !== undefined) noteUse(viewer.userId, uses.groups);
    },
    take() {
      addPending();
      const batch = { counts: [...counted.values()], memberships };
      counted = new Map();
      memberships = [];
      return batch;
    },
    restore(batch) {
      for (const count of batch.counts) add(count);
      memberships = [...batch.memberships, ...memberships];
    },
  };
}
