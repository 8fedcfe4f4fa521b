import { useState } from 'react';

/**
 * The cursors of the pages up to the current one. Lists go forward only, so that the way back is kept here. Another
 * `scope`, such as another filter, begins at the first page.
 */
export function useCursors(scope = '') {
  const [kept, setKept] = useState<{ readonly scope: string; readonly cursors: readonly string[] }>(
    { scope, cursors: [] },
  );
  const cursors = kept.scope === scope ? kept.cursors : [];
  return {
    after: cursors.at(-1),
    number: cursors.length + 1,
    next: (cursor: string) => setKept({ scope, cursors: [...cursors, cursor] }),
    back: () => setKept({ scope, cursors: cursors.slice(0, -1) }),
    reset: () => setKept({ scope, cursors: [] }),
  };
}

interface PagerProps {
  readonly cursors: ReturnType<typeof useCursors>;
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor?: string | null };
  /** What is listed. */
  readonly label: string;
}

/** The buttons for the pages of a list. They keep their places, so that one can go on clicking. */
export function Pager({ cursors, pageInfo, label }: PagerProps) {
  const { hasNextPage, endCursor } = pageInfo;
  if (cursors.number === 1 && !hasNextPage) return null;
  return (
    <nav className="pager" aria-label={`Pages of ${label}`}>
      <button type="button" disabled={cursors.number === 1} onClick={cursors.back}>
        Previous
      </button>
      <span role="status">Page {cursors.number}</span>
      <button
        type="button"
        disabled={!hasNextPage || !endCursor}
        onClick={() => endCursor && cursors.next(endCursor)}
      >
        Next
      </button>
    </nav>
  );
}
