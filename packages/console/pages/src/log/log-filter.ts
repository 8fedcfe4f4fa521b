import { useMemo } from 'react';
import { useRoute } from '../route.ts';
import { type Period, readPeriod, startOf } from './periods.ts';

/** What records are filtered by. The server takes one of the first three: each has its own index. */
export interface LogFilter {
  readonly action?: string;
  readonly actorId?: string;
  readonly subjectId?: string;
  readonly since?: string;
  readonly until?: string;
}

/** What a filter compares. */
interface Compared {
  readonly at: string;
  readonly action: string;
  readonly actor: { readonly id: string } | null;
  readonly subjectId: string | null;
}

/** What records are chosen by. The address has the value under the name of the choice: `#/log?actor=ID`. */
const choices = ['action', 'actor', 'subject'] as const;

export type Choice = (typeof choices)[number];

export interface ChosenFilter {
  readonly choice: Choice | undefined;
  readonly period: Period;
  readonly filter: LogFilter;
}

/** Reads the filter of the log from the address. */
export function useLogFilter(): ChosenFilter {
  const { query } = useRoute();
  const choice = choices.find((each) => each === query.get('by') || query.has(each));
  const value = choice && query.get(choice)?.trim();
  const period = readPeriod(query);
  // It stays while the pages of one list are read.
  const start = useMemo(() => startOf(period), [period]);
  const isBetween = period === 'between';
  const since = isBetween ? query.get('since') : start;
  const until = isBetween ? query.get('until') : undefined;
  return {
    choice,
    period,
    filter: {
      ...(choice && value && toFilter(choice, value)),
      ...(since && { since }),
      ...(until && { until }),
    },
  };
}

function toFilter(choice: Choice, value: string): LogFilter {
  if (choice === 'action') return { action: value };
  if (choice === 'actor') return { actorId: value.toLowerCase() };
  return { subjectId: value.toLowerCase() };
}

/** Whether no record can match: the server refuses such times. */
export const isEmptyRange = ({ since, until }: LogFilter): boolean =>
  since !== undefined && until !== undefined && Date.parse(until) <= Date.parse(since);

/** Whether a record would be listed. */
export const matches = (
  { action, actorId, subjectId, since, until }: LogFilter,
  event: Compared,
): boolean =>
  (action === undefined || event.action === action) &&
  (actorId === undefined || event.actor?.id === actorId) &&
  (subjectId === undefined || event.subjectId === subjectId) &&
  (since === undefined || Date.parse(event.at) >= Date.parse(since)) &&
  (until === undefined || Date.parse(event.at) < Date.parse(until));
