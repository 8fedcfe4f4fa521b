import { z } from 'zod';
import { type Links, purposePart, toPage } from './links.ts';

/** Longer than the addresses of real pages, and short enough for mails. */
const maxUrlLength = 500;
const maxLength = 8000;

/**
 * Creates the parser of `MAIL_LINKS` for these purposes: `APP=URL`, whose URL contains `{purpose}`, or `APP.PURPOSE=URL`,
 * which replaces that page, in any order. Messages contain no URL, since one could hold a password.
 */
export const createLinksSetting = (purposes: readonly string[]) =>
  z
    .string()
    .max(maxLength, { error: `must have at most ${maxLength} characters`, abort: true })
    .transform((text, context): Links => {
      const { urls, problems } = readUrls(text, purposes);
      const links = problems.length > 0 ? noLinks : toLinks(urls, purposes);
      for (const message of [...problems, ...findMissing(links, purposes)]) {
        context.addIssue(message);
      }
      return links;
    });

const noLinks: Links = new Map();

const form =
  'must be a list such as web=https://www.example.org/account/{purpose},web.reset=https://www.example.org/password';

const entryForm = /^([a-z][a-z0-9-]{0,31})(?:\.([a-z-]{1,32}))?=([\x21-\x7e]+)$/;

/** Reads the URLs by `APP` or `APP.PURPOSE`, and finds what is wrong with them. */
function readUrls(text: string, purposes: readonly string[]) {
  const urls = new Map<string, string>();
  const problems: string[] = [];
  for (const part of text.split(',')) {
    const [, app, purpose, url] = entryForm.exec(part.trim()) ?? [];
    if (app === undefined || url === undefined) return { urls, problems: [form] };
    const key = purpose === undefined ? app : `${app}.${purpose}`;
    const problem = findProblem(purpose, url, purposes);
    if (urls.has(key)) problems.push(`has ${key} twice`);
    else if (problem !== undefined) problems.push(`${key}: ${problem}`);
    urls.set(key, url);
  }
  return { urls, problems };
}

function findProblem(
  purpose: string | undefined,
  url: string,
  purposes: readonly string[],
): string | undefined {
  if (purpose === undefined && !url.includes(purposePart)) {
    return `the URL must contain ${purposePart}`;
  }
  if (purpose !== undefined && !purposes.includes(purpose)) {
    return `the purpose must be one of ${purposes.join(', ')}`;
  }
  return purposes.map((each) => findUrlProblem(url.replaceAll(purposePart, each))).find(Boolean);
}

const localHosts: readonly string[] = ['localhost', '127.0.0.1', '[::1]'];

function findUrlProblem(text: string): string | undefined {
  if (text.length > maxUrlLength) return `the URL must have at most ${maxUrlLength} characters`;
  if (text.includes('#')) return 'the URL must have no fragment, which is the place of the token';
  if (!/^https?:\/\/[^/\\]/i.test(text) || !URL.canParse(text)) return 'must be a URL with https';
  const { protocol, hostname, username, password } = new URL(text);
  if (username !== '' || password !== '') return 'the URL must have no user and no password';
  if (protocol === 'https:' || localHosts.includes(hostname)) return undefined;
  return 'must be a URL with https; http is for localhost alone';
}

const toLinks = (urls: ReadonlyMap<string, string>, purposes: readonly string[]): Links =>
  new Map(
    [...urls.keys()].map((key) => {
      const [app = ''] = key.split('.');
      const pages = purposes.flatMap((purpose) => {
        const url = urls.get(`${app}.${purpose}`) ?? urls.get(app);
        return url === undefined ? [] : [[purpose, toPage(url, purpose)] as const];
      });
      return [app, new Map(pages)] as const;
    }),
  );

const findMissing = (links: Links, purposes: readonly string[]): readonly string[] =>
  [...links].flatMap(([app, pages]) => {
    const missing = purposes.filter((purpose) => !pages.has(purpose));
    return missing.length === 0 ? [] : [`${app} has no page for ${missing.join(', ')}`];
  });
