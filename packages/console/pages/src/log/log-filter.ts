import { useRoute } from '../route.ts';

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

/** The choices of the filter. The address has the value under the name of the choice: `#/log?actor=ID`. */
export const choices = [
  { value: 'all', text: 'Everything' },
  { value: 'action', text: 'One action' },
  { value: 'actor', text: 'By someone' },
  { value: 'subject', text: 'About something' },
] as const;

export type Choice = (typeof choices)[number]['value'];

/** Reads the filter of the log from the address. */
export function useLogFilter(): { readonly choice: Choice; readonly filter: LogFilter } {
  const { query } = useRoute();
  const choice = readChoice(query);
  const value = query.get(choice)?.trim();
  const since = query.get('since');
  const until = query.get('until');
  return {
    choice,
    filter: {
      ...(value && toFilter(choice, value)),
      ...(since && { since }),
      ...(until && { until }),
    },
  };
}

/** The choice that was made last, before a value is given, or that of the value. */
const readChoice = (query: URLSearchParams): Choice =>
  choices.find(({ value }) => value === query.get('by') || query.has(value))?.value ?? 'all';

function toFilter(choice: Choice, value: string): LogFilter {
  if (choice === 'action') return { action: value };
  if (choice === 'actor') return { actorId: value.toLowerCase() };
  return choice === 'subject' ? { subjectId: value.toLowerCase() } : {};
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
