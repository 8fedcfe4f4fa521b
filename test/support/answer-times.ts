import type { Answer } from './ask.ts';

/** Returns everything that can differ between two answers, without what differs in every request. */
export function fingerprint({ status, headers, text }: Answer): string {
  const telling = [...headers].filter(([name]) => !['date', 'x-request-id'].includes(name));
  return JSON.stringify({ status, headers: telling, text });
}

/** How often a time of the one kind is greater than one of the other: 0.5 when they cannot be distinguished. */
export function areaUnderCurve(one: readonly number[], other: readonly number[]): number {
  let wins = 0;
  for (const left of one) {
    for (const right of other) wins += left > right ? 1 : left === right ? 0.5 : 0;
  }
  return wins / (one.length * other.length);
}
