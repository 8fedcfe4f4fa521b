import { useViewer } from '@graphql-gatehouse/client/react';
import { useKept } from '../kept.ts';

/** A page of a list that was left for the next one. */
interface Step {
  /** The cursor after which the next page begins. */
  readonly after: string;
  /** The number of its first row, from 1. */
  readonly first: number;
}

/**
 * The way to the current page of a list. Lists go forward only, so that the way back is kept, in the entry of the history: who
 * comes back to the address sees the same page. Another `scope`, such as another filter, begins at the first page.
 */
export function useCursors(list: string, scope = '') {
  const { principal } = useViewer();
  const { kept, keep } = useKept<readonly Step[]>(list, `${principal?.id} ${scope}`);
  const steps = kept ?? [];
  const { after, first = 1 } = steps.at(-1) ?? {};
  return {
    after,
    first,
    next: (cursor: string, rows: number) =>
      keep([...steps, { after: cursor, first: first + rows }]),
    back: () => keep(steps.slice(0, -1)),
    reset: () => keep([]),
  };
}

interface PagerProps {
  readonly cursors: ReturnType<typeof useCursors>;
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor?: string | null };
  /** How many rows the page has. */
  readonly rows: number;
  /** What is listed. */
  readonly label: string;
}

/** The buttons for the pages of a list. They keep their places, so that one can go on clicking. */
export function Pager({
  cursors: { first, after, next, back },
  pageInfo,
  rows,
  label,
}: PagerProps) {
  const { hasNextPage, endCursor } = pageInfo;
  const isFirst = after === undefined;
  if (isFirst && !hasNextPage) return null;
  return (
    <nav className="pager" aria-label={`Pages of ${label}`}>
      <button type="button" disabled={isFirst} onClick={back}>
        Previous
      </button>
      <span role="status">{rows === 0 ? 'none' : `${first}–${first + rows - 1}`}</span>
      <button
        type="button"
        disabled={!hasNextPage || !endCursor}
        onClick={() => endCursor && next(endCursor, rows)}
      >
        Next
      </button>
    </nav>
  );
}
