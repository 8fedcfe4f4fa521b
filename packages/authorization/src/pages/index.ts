import { homepage } from './homepage.ts';

/** The names that pages explain, by the page: a file in `docs/reference/errors`, with a heading for each name. */
export type ErrorPages = Readonly<Record<string, readonly string[]>>;

/**
 * Returns the address at which a name is explained, or undefined for an unknown name. Never for clients of the API.
 *
 * @param site the address of the site. Undefined: the address is a path in the repository.
 */
export function addressOf(
  pages: ErrorPages,
  name: string,
  site: string | undefined = homepage,
): string | undefined {
  const page = Object.keys(pages).find((each) => pages[each]?.includes(name));
  if (page === undefined) return undefined;
  const path = `reference/errors/${page}`;
  return `${site === undefined ? `docs/${path}.md` : `${site}/${path}`}#${name.toLowerCase()}`;
}
