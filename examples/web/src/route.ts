import { useSyncExternalStore } from 'react';

const pages = ['rooms', 'forgotten', 'sign-up'] as const;

/** A page of this front end. */
export type Route =
  | { readonly page: (typeof pages)[number] | 'unknown' }
  | { readonly page: 'room'; readonly id: string };

/** Returns the part of an address that names a page, such as `#/rooms/1`. */
export const toHash = (route: Route): string =>
  route.page === 'room' ? `#/rooms/${route.id}` : `#/${route.page}`;

/** Reads the page from an address. Without a page, it is that of the rooms. */
export function parseRoute(hash: string): Route {
  const [, page = '', id] = hash.split('/');
  if (page === 'rooms' && id !== undefined) return { page: 'room', id };
  if (page === '') return { page: 'rooms' };
  return { page: pages.find((each) => each === page) ?? 'unknown' };
}

function subscribe(listener: () => void): () => void {
  window.addEventListener('hashchange', listener);
  return () => window.removeEventListener('hashchange', listener);
}

/** Returns the current page, and renders again when it changes. */
export const useRoute = (): Route =>
  parseRoute(useSyncExternalStore(subscribe, () => window.location.hash));
