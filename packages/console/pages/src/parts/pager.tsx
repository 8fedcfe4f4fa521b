import { useState } from 'react';

interface PageInfo {
  readonly hasNextPage: boolean;
  readonly endCursor?: string | null;
}

/** The cursors of the pages up to the current one. Lists go forward only, so that the way back is kept here. */
export function useCursors() {
  const [cursors, setCursors] = useState<readonly string[]>([]);
  return {
    after: cursors.at(-1),
    number: cursors.length + 1,
    next: (cursor: string) => setCursors([...cursors, cursor]),
    back: () => setCursors(cursors.slice(0, -1)),
    reset: () => setCursors([]),
  };
}

interface PagerProps {
  readonly cursors: ReturnType<typeof useCursors>;
  readonly pageInfo: PageInfo;
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
