import { useSyncExternalStore } from 'react';

const screen = window.matchMedia('(max-width: 40rem)');

function subscribe(listener: () => void): () => void {
  screen.addEventListener('change', listener);
  return () => screen.removeEventListener('change', listener);
}

/** Whether the screen has room for one column of a table beside its first one. */
export const useIsNarrow = (): boolean => useSyncExternalStore(subscribe, () => screen.matches);
