import { useEffect, useState } from 'react';

/** How many cells are added at once: to add more takes so long that the page would not answer meanwhile. */
const cellsAtOnce = 320;

/** The height of the lowest row of a table, in pixels. */
const lowestRow = 22;

interface Growing {
  /** What is listed. With something else, it starts again. */
  readonly of: unknown;
  readonly rows: number;
  readonly columns: number;
}

/**
 * Returns how many rows to render now. Those that cannot be added at once come part by part, so that the page answers meanwhile.
 * The first ones fill the screen: what comes after them moves nothing that can be seen.
 */
export function useGrowing({ of, rows, columns }: Growing): number {
  const first = Math.ceil(window.innerHeight / lowestRow);
  const step = Math.max(10, Math.floor(cellsAtOnce / columns));
  const [grown, setGrown] = useState({ of, count: first });
  // Rows that went away, such as those of a type that was closed, come part by part again.
  const count = grown.of === of ? Math.max(first, Math.min(grown.count, rows)) : first;
  if (grown.of !== of || grown.count !== count) setGrown({ of, count });
  const isWhole = count >= rows;
  useEffect(() => {
    if (isWhole) return;
    // After the frame that shows the last ones.
    let timer: ReturnType<typeof setTimeout> | undefined;
    const frame = requestAnimationFrame(() => {
      timer = setTimeout(() => setGrown({ of, count: count + step }));
    });
    return () => {
      cancelAnimationFrame(frame);
      clearTimeout(timer);
    };
  }, [of, count, step, isWhole]);
  return count;
}
