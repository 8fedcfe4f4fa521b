import { homepage } from './homepage.ts';

/** The names that pages explain, by the page: a file in `docs/reference/errors`, with a heading for each name. */
export type ErrorPages = Readonly<Record<string, readonly string[]>>;

/** The names of mistakes in guards, and of what a review of a schema finds. */
export const libraryPages = {
  guards: [
    'unguarded-root-field',
    'auth-and-public',
    'or-and-rows',
    'guard-misplaced',
    'guard-without-effect',
    'unknown-directive',
    'unknown-argument',
    'invalid-argument',
    'empty-list',
    'unknown-group',
    'unknown-policy',
    'directives-in-list',
    'group-implies-itself',
    'policy-missing',
    'policy-undeclared',
    'policy-incomplete',
    'ambiguous-enum-value',
    'root-type-with-rule',
    'hidden-row-not-null',
    'unknown-type',
    'rows-not-readable',
    'repeated-references',
    'within-invalid',
    'rows-of-places-unguarded',
    'group-without-place',
    'group-leaves-place',
    'grants-invalid',
    'entity-without-resolver',
    'audited-without-record',
    'auth-not-defined',
    'graphql-version',
  ],
  findings: [
    'unfiltered-rows',
    'unchecked-id',
    'revealing-input',
    'accepted-without-reason',
    'accepted-without-finding',
    'non-null-relation',
    'unfiltered-number',
    'revealing-id',
  ],
} as const satisfies ErrorPages;

/** The name of a mistake that keeps a schema from being guarded. */
export type MistakeName = (typeof libraryPages.guards)[number];

/** The name of what a review of a schema finds. */
export type FindingName = (typeof libraryPages.findings)[number];

/** Returns the addresses of the pages of mistakes, each once. */
export const pagesOf = (names: readonly MistakeName[]): readonly string[] =>
  [...new Set(names)].flatMap((name) => addressOf(libraryPages, name) ?? []);

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
  const anchor = name.toLowerCase().replaceAll(' ', '-');
  return `${site === undefined ? `docs/${path}.md` : `${site}/${path}`}#${anchor}`;
}
