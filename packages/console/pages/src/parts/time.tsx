import { useLayoutEffect, useSyncExternalStore } from 'react';

const absolute = new Intl.DateTimeFormat(undefined, {
  dateStyle: 'medium',
  timeStyle: 'medium',
});
const day = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium' });
const dayOfWeek = new Intl.DateTimeFormat(undefined, {
  weekday: 'short',
  year: 'numeric',
  month: 'short',
  day: 'numeric',
});
const timeOfDay = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' });
const zone = new Intl.DateTimeFormat(undefined, { timeZoneName: 'short' });
const relative = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto' });

const units = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
] as const;

/** How far the clock of the server may be ahead of the browser's, in seconds, until what has happened is yet to come. */
const tolerated = 5;

function toRelative(at: Date, now: number): string {
  const ahead = (at.getTime() - now) / 1000;
  const seconds = ahead > 0 && ahead < tolerated ? 0 : ahead;
  const [unit, size] = units.find(([, each]) => Math.abs(seconds) >= each) ?? ['second', 1];
  return relative.format(Math.round(seconds / size), unit);
}

let now = Date.now();
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

function tick(): void {
  now = Date.now();
  for (const each of listeners) each();
}

/** Brings the present time up to date, so that what has just happened does not seem to be in the future. */
function refresh(): void {
  if (Date.now() - now > 1_000) tick();
}

/** One timer for all times of the page. */
function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(tick, 30_000);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

/** Prints the day of a time, where there is no room for more, such as in a choice. */
export const toDay = (at: string): string => day.format(new Date(at));

/** Prints the day of a time with its name, such as for a heading of the records of that day. */
export const toDayOfWeek = (at: string): string => dayOfWeek.format(new Date(at));

/** Prints a time with its zone. */
export function toExact(date: Date): string {
  const zoneName = zone.formatToParts(date).find(({ type }) => type === 'timeZoneName')?.value;
  return `${absolute.format(date)} ${zoneName ?? ''}`;
}

/** A point in time: how long ago, and the time itself with its zone for those who point at it, or everywhere with `isExact`. */
export function Time({ at, isExact = false }: { readonly at: string; readonly isExact?: boolean }) {
  const date = new Date(at);
  const from = useSyncExternalStore(subscribe, () => now);
  const exact = toExact(date);
  useLayoutEffect(refresh, [at]);
  return (
    <time dateTime={at} title={exact}>
      {isExact ? `${exact} (${toRelative(date, from)})` : toRelative(date, from)}
    </time>
  );
}

/** The time of a day to the second: the day itself, and how long ago that is, for those who point at it. */
export function TimeOfDay({ at }: { readonly at: string }) {
  const date = new Date(at);
  const from = useSyncExternalStore(subscribe, () => now);
  useLayoutEffect(refresh, [at]);
  return (
    <time dateTime={at} title={`${toExact(date)} (${toRelative(date, from)})`}>
      {timeOfDay.format(date)}
    </time>
  );
}

interface TimeOrProps {
  readonly at: string | null | undefined;
  /** Shown where there is no time. */
  readonly none: string;
  /** Shown before a time. */
  readonly before?: string;
  readonly isExact?: boolean;
}

/** A point in time, or a text in its place. */
export const TimeOr = ({ at, none, before = '', isExact = false }: TimeOrProps) =>
  at ? (
    <>
      {before}
      <Time at={at} isExact={isExact} />
    </>
  ) : (
    <span className="quiet">{none}</span>
  );
