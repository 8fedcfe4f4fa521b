import {
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { withoutMarks } from '../scripts/figures/marks.ts';
import { rewriteLinks } from '../scripts/release/links.ts';
import { addressOf } from '../scripts/release/settings.ts';

/** Where the build runs: the configuration is bundled to another place, so that its own address says nothing. */
const repository = join(process.cwd(), process.cwd().endsWith('site') ? '..' : '.');
const { version } = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8'));

/** The pages that VitePress reads. */
export const pagesFolder = join(repository, 'site/pages');

/** The pictures of the documents, which the site serves itself. */
const pictures = 'docs/pictures';

/** Where documents are edited while the site is served. */
export const watchedFolders: string[] = ['docs', 'packages'].map((path) => join(repository, path));

/** The library as `/try` loads it: from its sources, so that the site needs no other build before its own. */
export const librarySources = [
  {
    find: /^@graphql-gatehouse\/authorization$/,
    replacement: join(repository, 'packages/authorization/src/index.ts'),
  },
  {
    find: /^@graphql-gatehouse\/authorization\/reports$/,
    replacement: join(repository, 'packages/authorization/src/reports/index.ts'),
  },
  // Otherwise a part of graphql would be its second copy, in CommonJS.
  { find: /^graphql\/(.+)\.js$/, replacement: 'graphql/$1.mjs' },
];

const read = (path: string): string => readFileSync(join(repository, path), 'utf8');

function filesBelow(folder: string): readonly string[] {
  return readdirSync(join(repository, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = posix.join(folder, entry.name);
    return entry.isDirectory() ? filesBelow(path) : path;
  });
}

/** The page with the menu. */
const map = 'docs/index.md';

/** Documents outside of `docs` that are pages too, by their paths in the repository, with their paths on the site. */
const others: ReadonlyMap<string, string> = new Map([
  ['CHANGELOG.md', 'changelog.md'],
  ['CONTRIBUTING.md', 'contributing/index.md'],
  ['SECURITY.md', 'report.md'],
  ['deploy/README.md', 'operations/deploy.md'],
  ['site/try.md', 'try.md'],
  ...readdirSync(join(repository, 'packages')).map(
    (name) => [`packages/${name}/README.md`, `packages/${name}.md`] as const,
  ),
]);

/** Every page, by its path in the repository, with its path on the site. The map of the documents is not the first page. */
export const pages: ReadonlyMap<string, string> = new Map([
  ...filesBelow('docs')
    .filter((path) => path.endsWith('.md'))
    .map((path) => [path, path === map ? 'documents.md' : path.slice('docs/'.length)] as const),
  ...others,
]);

/** Writes the pages for VitePress, with links to one another, and to the source of the release for all else. */
export function writePages(): void {
  rmSync(pagesFolder, { recursive: true, force: true });
  for (const [path, target] of pages) write(target, relinked(path, read(path), target));
  cpSync(join(repository, pictures), join(pagesFolder, 'pictures'), { recursive: true });
  write('index.md', firstPage());
  write('public/llms.txt', textForPrograms());
}

/** Writes a page, without the marks for tests and of figures, which are comments. */
function write(path: string, text: string): void {
  const file = join(pagesFolder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, withoutMarks(text).replaceAll(/^ *<!-- .*? -->\n/gm, ''));
}

/** @throws {Error} for a link to a file that does not exist. */
function relinked(path: string, markdown: string, target: string): string {
  return rewriteLinks(markdown, {
    path,
    isPacked: () => false,
    addressOf(linked) {
      const page = pages.get(linked);
      if (page !== undefined) return posix.relative(posix.dirname(target), page);
      if (dirname(linked) === pictures) {
        return posix.relative(posix.dirname(target), linked.slice('docs/'.length));
      }
      if (statSync(join(repository, linked), { throwIfNoEntry: false }) === undefined) {
        throw new Error(`${path} links to ${linked}, which does not exist.`);
      }
      return addressOf(linked, version);
    },
  });
}

/** What the README says first, with the access matrix of its schema, and where to go on. */
function firstPage(): string {
  const [introduction = ''] = read('README.md').split('\n**[Guard an existing server]');
  const [text = '', schema = ''] = introduction.split('<!-- file: schema.graphql -->');
  const page = [text, schema, read('site/matrix.md'), read('site/next.md')].join('\n');
  return `---\nsidebar: false\naside: false\n---\n\n${relinked('README.md', page, 'index.md')}`;
}

export interface MenuItem {
  readonly text: string;
  readonly link?: string;
  readonly collapsed?: boolean;
  readonly items?: readonly MenuItem[];
}

/**
 * The menu: the sections of `docs/index.md`, each with the pages that it links. The pages of a folder beside a page of its name
 * are below that page.
 *
 * @throws {Error} for a page that no section has.
 */
export function readMenu(): readonly MenuItem[] {
  const seen = new Set([map]);
  const toItem = (path: string, text: string): MenuItem => {
    seen.add(path);
    const below = [...pages.keys()].filter((each) => dirname(each) === path.replace(/\.md$/, ''));
    const items = below.map((each) => toItem(each, titleOf(each)));
    return {
      text,
      link: toLink(path),
      ...(items.length === 0 ? {} : { items, collapsed: true }),
    };
  };
  const menu = read(map)
    .split(/^## /m)
    .slice(1)
    .map((section) => {
      const [title = ''] = section.split('\n', 1);
      const linked = [...section.matchAll(/\[([^\]]+)\]\(([^)#\s]+)[^)]*\)/g)].map(
        ([, text = '', target = '']) => ({
          text: text.replaceAll('`', ''),
          path: posix.join(dirname(map), target.replaceAll(/\s/g, '')),
        }),
      );
      const items = linked.flatMap(({ path, text }) =>
        pages.has(path) && !seen.has(path) ? [toItem(path, text)] : [],
      );
      return { text: title, items };
    });
  const more = ['SECURITY.md', 'CHANGELOG.md'].map((path) => toItem(path, titleOf(path)));
  const missing = [...pages.keys()].filter((path) => !seen.has(path));
  if (missing.length > 0) throw new Error(`No menu has ${missing.join(', ')}: add it to ${map}.`);
  return [...menu, { text: 'More', items: more }];
}

const toLink = (path: string): string => `/${(pages.get(path) ?? '').replace(/(index)?\.md$/, '')}`;

const titleOf = (path: string): string => /^# (.+)$/m.exec(read(path))?.[1] ?? path;

/** A list of the pages for programs that read them (llmstxt.org). */
function textForPrograms(): string {
  const toLines = (items: readonly MenuItem[]): readonly string[] =>
    items.flatMap(({ text, link, items: below = [] }) => [
      ...(link === undefined ? [] : [`- [${text}](.${link.replace(/\/$/, '/index')}.md)`]),
      ...toLines(below),
    ]);
  const [, sentence = ''] = read('README.md').split('\n\n');
  const sections = readMenu().map(
    ({ text, items = [] }) => `## ${text}\n\n${toLines(items).join('\n')}\n`,
  );
  return `# Gatehouse\n\n> ${sentence.replaceAll(/\s+/g, ' ')}\n\n${sections.join('\n')}`;
}
