import { useSyncExternalStore } from 'react';

/** The pages, in the order in which the first is shown that the viewer may use. */
export const pages = [
  'overview',
  'people',
  'groups',
  'programs',
  'log',
  'access',
  'health',
  'account',
] as const;
export type PageName = (typeof pages)[number];

/** A page, and what it shows: `#/people/ID`, `#/access/ways?coordinate=User.email`. */
export interface Route {
  readonly page: PageName | undefined;
  /** Whether the address names no page at all. */
  readonly isEmpty: boolean;
  /** The parts of the path after the page. */
  readonly path: readonly string[];
  readonly query: URLSearchParams;
}

/** Returns the part of an address that names a page. Empty values are left out. */
export function toHash(
  [page, ...path]: readonly [PageName, ...string[]],
  query: Readonly<Record<string, string | undefined>> = {},
): string {
  const given = Object.entries(query).flatMap(([name, value]) => (value ? [[name, value]] : []));
  const search = given.length === 0 ? '' : `?${new URLSearchParams(given)}`;
  return `#/${[page, ...path.map(encodeURIComponent)].join('/')}${search}`;
}

/** Reads the page from an address. */
export function parseRoute(hash: string): Route {
  const [path = '', search = ''] = hash.replace(/^#\/?/, '').split('?', 2);
  const [name, ...rest] = path.split('/');
  return {
    page: pages.find((each) => each === name),
    isEmpty: path === '',
    path: rest.filter((part) => part !== '').map(decode),
    query: new URLSearchParams(search),
  };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function subscribe(listener: () => void): () => void {
  window.addEventListener('hashchange', listener);
  return () => window.removeEventListener('hashchange', listener);
}

/** Returns the current page, and renders again when it changes. */
export const useRoute = (): Route =>
  parseRoute(useSyncExternalStore(subscribe, () => window.location.hash));

/** Changes the query of the current page without a new entry in the history, as a filter does while it is typed. */
export function replaceQuery(query: Readonly<Record<string, string | undefined>>): void {
  const { page, path } = parseRoute(window.location.hash);
  if (page === undefined) return;
  window.history.replaceState(window.history.state, '', toHash([page, ...path], query));
  window.dispatchEvent(new HashChangeEvent('hashchange'));
}

/** Changes a part of the query of the current page. */
export const changeQuery = (changes: Readonly<Record<string, string | undefined>>): void =>
  replaceQuery({ ...Object.fromEntries(parseRoute(window.location.hash).query), ...changes });
