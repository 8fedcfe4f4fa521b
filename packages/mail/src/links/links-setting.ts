import { z } from 'zod';
import { type Links, purposePart, toPages } from './links.ts';

/** Longer than the addresses of real pages, and short enough for mails. */
const maxUrlLength = 500;
const maxLength = 8000;

/**
 * Creates the parser of `MAIL_LINKS` for these purposes: `APP=URL`, whose URL contains `{purpose}`, or `APP.PURPOSE=URL`, which replaces that page. Messages
 * contain no URL, since one could hold a password.
 */
export const createLinksSetting = (purposes: readonly string[]) =>
  z
    .string()
    .max(maxLength, { error: `must have at most ${maxLength} characters`, abort: true })
    .transform((text, context): Links => {
      const { entries, problems } = readEntries(text, purposes);
      const links = toLinks(entries, purposes);
      const missing = problems.length > 0 ? [] : findMissing(links, purposes);
      for (const message of [...problems, ...missing]) context.addIssue(message);
      return links;
    });

interface Entry {
  readonly app: string;
  /** Undefined: the page of all purposes. */
  readonly purpose: string | undefined;
  readonly url: string;
}

const form =
  'must be a list such as web=https://www.example.org/account/{purpose},web.reset=https://www.example.org/password';

const entryForm = /^([a-z][a-z0-9-]{0,31})(?:\.([a-z-]{1,32}))?=([\x21-\x7e]+)$/;

function readEntries(text: string, purposes: readonly string[]) {
  const entries: Entry[] = [];
  const problems: string[] = [];
  const names = new Set<string>();
  for (const part of text.split(',')) {
    const [, app, name, url] = entryForm.exec(part.trim()) ?? [];
    if (app === undefined || url === undefined) return { entries: [], problems: [form] };
    const key = name === undefined ? app : `${app}.${name}`;
    const problem = findProblem({ name, url }, purposes);
    if (names.has(key)) problems.push(`has ${key} twice`);
    else if (problem !== undefined) problems.push(`${key}: ${problem}`);
    else entries.push({ app, purpose: name, url });
    names.add(key);
  }
  return { entries, problems };
}

interface GivenEntry {
  readonly name: string | undefined;
  readonly url: string;
}

function findProblem({ name, url }: GivenEntry, purposes: readonly string[]): string | undefined {
  if (name !== undefined && !purposes.includes(name)) {
    return `the purpose must be one of ${purposes.join(', ')}`;
  }
  if (name === undefined && !url.includes(purposePart))
    return `the URL must contain ${purposePart}`;
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

function toLinks(entries: readonly Entry[], purposes: readonly string[]): Links {
  const links = new Map<string, Map<string, URL>>();
  // Pages of single purposes replace those of all purposes, in any order of the list.
  const sorted = entries.toSorted(
    (a, b) => Number(a.purpose !== undefined) - Number(b.purpose !== undefined),
  );
  for (const { app } of entries) links.set(app, new Map());
  for (const { app, purpose, url } of sorted) {
    for (const [each, page] of toPages(url, purposes)) {
      if (purpose === undefined || purpose === each) links.get(app)?.set(each, page);
    }
  }
  return links;
}

const findMissing = (links: Links, purposes: readonly string[]): readonly string[] =>
  [...links].flatMap(([app, pages]) => {
    const missing = purposes.filter((purpose) => !pages.has(purpose));
    return missing.length === 0 ? [] : [`${app} has no page for ${missing.join(', ')}`];
  });
