import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { describeEverySetting } from '../src/config/describe-settings.ts';
import { repository } from './support/process.ts';

const pagesIn = (folder: string) =>
  readdirSync(join(repository, folder))
    .filter((file) => file.endsWith('.md'))
    .map((file) => join(folder, file));

/** What is written for people, outside of the library's own folder. */
const pages = [...pagesIn('.'), ...pagesIn('docs'), ...pagesIn('deploy')];

/** Of the past, of tests, or made by the program. */
const notOfToday = ['CHANGELOG.md', 'docs/proofs.md', 'access-matrix.md'];

const read = (page: string) => readFileSync(join(repository, page), 'utf8');

/** As GitHub makes it of a heading. */
const toAnchor = (heading: string) =>
  heading
    .toLowerCase()
    .replaceAll(/[^\w\- ]/g, '')
    .replaceAll(' ', '-')
    .replace(/-$/, '');

const anchorsOf = (page: string) =>
  [...read(page).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => toAnchor(heading));

/** Every link to a place in the repository, as `file#anchor`. */
function linksOf(page: string): readonly string[] {
  return [...read(page).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = '']) => target)
    .filter((target) => !/^[a-z]+:/.test(target));
}

function isThere(page: string, link: string): boolean {
  const [path = '', anchor] = link.split('#');
  const target = path === '' ? page : join(dirname(page), path);
  if (!existsSync(join(repository, target))) return false;
  return anchor === undefined || anchorsOf(target).includes(anchor);
}

describe('the documents', () => {
  it('are all there to be read', () => {
    expect(pages).toEqual(
      expect.arrayContaining([
        'README.md',
        'docs/operations.md',
        'docs/security.md',
        'deploy/README.md',
      ]),
    );
  });

  it.each(pages)('%s links to what exists', (page) => {
    expect(linksOf(page).filter((link) => !isThere(page, link))).toEqual([]);
  });

  it.each(pages)('%s has commands that can be pasted', (page) => {
    const blocks = [...read(page).matchAll(/^ *```\w*\n(.*?)^ *```$/gms)].map(
      ([, text = '']) => text,
    );
    expect(blocks.filter((block) => /^ *\$ /m.test(block))).toEqual([]);
  });

  it.each(pages)('%s names proofs that exist', (page) => {
    const named = [...read(page).matchAll(/npm run\s+proof -- ([\w-]+)/g)].map(([, name]) => name);
    const missing = named.filter(
      (name) =>
        name !== 'mutation' && !existsSync(join(repository, `test/proofs/${name}.proof.test.ts`)),
    );
    expect(missing).toEqual([]);
  });

  it.each(pages.filter((page) => !notOfToday.includes(page)))(
    '%s names settings that exist',
    (page) => {
      const known = new Set(describeEverySetting().map(({ name }) => name));
      const family =
        /^(MAX|DATABASE|LOGIN|METRICS|DRAIN|STOP|SIGNING|TOKEN|TRUST|SESSION|REFRESH)_/;
      const named = [...read(page).matchAll(/`([A-Z]+(?:_[A-Z]+)+)(?:=[^`]*)?`/g)]
        .map(([, name = '']) => name)
        .filter((name) => family.test(name));
      expect(named.filter((name) => !known.has(name) && !isReason(name))).toEqual([]);
    },
  );
});

/** Reasons of a refusal are written as settings are. */
const isReason = (name: string): boolean =>
  /^TOKEN_(MISSING|MALFORMED|EXPIRED|INVALID|REVOKED)$/.test(name);
