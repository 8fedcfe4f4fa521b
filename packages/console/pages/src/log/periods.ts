/** How far back records are listed. The address has the value: `#/log?when=today`. */
export const periods = [
  { value: 'any', text: 'Any time' },
  { value: 'hour', text: 'Last hour' },
  { value: 'today', text: 'Today' },
  { value: 'week', text: '7 days' },
  { value: 'month', text: '30 days' },
  { value: 'between', text: 'Between…' },
] as const;

export type Period = (typeof periods)[number]['value'];

/** The period that the address names: times in it, as links have them, are between two. */
export const readPeriod = (query: URLSearchParams): Period =>
  periods.find(({ value }) => value === query.get('when'))?.value ??
  (query.has('since') || query.has('until') ? 'between' : 'any');

const hourMs = 60 * 60_000;
const dayMs = 24 * hourMs;

/** Returns when a period began, as an ISO text. The day is that of the browser. */
export function startOf(period: Period): string | undefined {
  const now = new Date();
  if (period === 'today') return new Date(now.setHours(0, 0, 0, 0)).toISOString();
  const lasted = { hour: hourMs, week: 7 * dayMs, month: 30 * dayMs, any: 0, between: 0 }[period];
  return lasted === 0 ? undefined : new Date(now.getTime() - lasted).toISOString();
}
