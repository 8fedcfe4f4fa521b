/** The pages of one application, by purpose: URLs without a fragment. */
export type Pages = ReadonlyMap<string, URL>;

/** The pages of all applications, by name. The first application is the default. */
export type Links = ReadonlyMap<string, Pages>;

export interface LinkTarget {
  /** The name of the application. Null: the first one. */
  readonly app: string | null;
  readonly purpose: string;
  /** In base64url. */
  readonly token: string;
}

/** Returns the names of the applications, the default first. */
export const appsOf = (links: Links): readonly string[] => [...links.keys()];

/** Returns the link with its token in the fragment, which no server gets. Undefined: there is no such application. */
export function urlOf(links: Links, { app, purpose, token }: LinkTarget): string | undefined {
  const page = links.get(app ?? appsOf(links)[0] ?? '')?.get(purpose);
  return page === undefined ? undefined : `${page.href}#token=${encodeURIComponent(token)}`;
}

/** Returns the origins of all pages, each once. */
export const originsOf = (links: Links): readonly string[] => [
  ...new Set(
    [...links.values()].flatMap((pages) => [...pages.values()].map(({ origin }) => origin)),
  ),
];

/** Stands in a URL for the purpose. */
export const purposePart = '{purpose}';

/** Returns the page of a purpose by a URL that contains `{purpose}`. */
export const toPage = (url: string, purpose: string): URL =>
  new URL(url.replaceAll(purposePart, purpose));

export const toPages = (url: string, purposes: readonly string[]): Pages =>
  new Map(purposes.map((purpose) => [purpose, toPage(url, purpose)] as const));

/** Without `MAIL_LINKS`: the example front end on this machine. */
export const developmentLinks = (purposes: readonly string[]): Links =>
  new Map([['web', toPages(`http://localhost:5173/account.html?${purposePart}`, purposes)]]);
