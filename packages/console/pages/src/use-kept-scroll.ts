import { useEffect } from 'react';
import { keep, readKept } from './kept.ts';

const name = 'scrolled';

/**
 * Keeps how far the page was scrolled, in each entry of the history, and goes there on the way back as soon as the rows are
 * there again. Browsers do it at once, when a page has no rows yet.
 */
export function useKeptScroll(): void {
  useEffect(() => {
    const { scrollRestoration } = window.history;
    window.history.scrollRestoration = 'manual';
    /** Where the way back leads. Undefined: one is there, or has moved since. */
    let wanted: number | undefined;
    const page = document.documentElement;

    const goThere = (): void => {
      if (wanted === undefined || page.scrollHeight - page.clientHeight < wanted) return;
      const top = wanted;
      wanted = undefined;
      window.scrollTo({ top });
    };
    const stay = (): void => {
      wanted = undefined;
    };
    const save = (): void => {
      if (wanted === undefined) keep(name, '', window.scrollY);
    };
    const begin = (): void => {
      wanted = readKept<number>(name)?.value;
      // After the page has taken the focus, which moves it.
      requestAnimationFrame(() => requestAnimationFrame(goThere));
    };
    const sized = new ResizeObserver(goThere);
    sized.observe(page);
    const listeners = [
      ['popstate', begin],
      ['scrollend', save],
      ['wheel', stay],
      ['keydown', stay],
      ['pointerdown', stay],
    ] as const;
    for (const [event, listener] of listeners) window.addEventListener(event, listener);
    return () => {
      window.history.scrollRestoration = scrollRestoration;
      sized.disconnect();
      for (const [event, listener] of listeners) window.removeEventListener(event, listener);
    };
  }, []);
}
