import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { factors } from '@graphql-gatehouse/factors';
import { mail } from '@graphql-gatehouse/mail';
import { nats } from '@graphql-gatehouse/nats';
import { operations } from '@graphql-gatehouse/operations';
import { oidc, providers } from '@graphql-gatehouse/providers';
import { redis } from '@graphql-gatehouse/redis';
import { rights } from '@graphql-gatehouse/rights';
import { describe, expect, it } from 'vitest';
import { readMenu } from '../site/documents.ts';
import { describeEverySetting } from '../src/config/describe-settings.ts';
import { errorCodes } from '../src/operation/errors/graphql-error.ts';
import { apiPages } from './support/api-pages.ts';
import {
  blocksOf,
  namedBy,
  pagesBelow,
  pagesIn,
  pagesWithCode,
  readPage as read,
} from './support/documents.ts';
import { repository } from './support/process.ts';
import { describedProgram } from './support/program.ts';
import { commandSections, settingsTable, withGenerated } from './support/reference-pages.ts';

/** Pages for readers. */
const pages = [
  ...pagesIn('.'),
  ...pagesBelow('docs'),
  ...pagesIn('deploy'),
  ...pagesIn('examples'),
  ...pagesIn('examples/server-rendered'),
  ...pagesIn('examples/web'),
  ...pagesBelow('.github'),
  ...readdirSync(join(repository, 'packages')).map((name) => `packages/${name}/README.md`),
];

/** Pages about the past or about tests, and generated ones. */
const notOfToday = [
  'CHANGELOG.md',
  'docs/contributing/proofs.md',
  ...pagesBelow('docs/contributing/proofs'),
];

/** Pages for newcomers: a test runs or checks each of their blocks. */
const guides = ['README.md', 'docs/contributing/build.md', ...pagesBelow('docs/guides')];

/** Text without the white space at the start of lines. */
const withoutMargin = (text: string): string => text.replaceAll(/^\s+/gm, '').trim();

/** The anchor that GitHub gives a heading. */
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

const acme = providers({ ACME: oidc({ issuer: 'https://id.acme.example' }) });

describe('the documents', () => {
  it('are all there to be read', () => {
    expect(pages).toEqual(
      expect.arrayContaining([
        'README.md',
        'docs/index.md',
        'docs/operations/index.md',
        'docs/operations/security.md',
        'packages/mail/README.md',
        'deploy/README.md',
      ]),
    );
  });

  it.each(pages)('%s links to what exists', (page) => {
    expect(linksOf(page).filter((link) => !isThere(page, link))).toEqual([]);
  });

  it.each(pages)('%s has commands that can be pasted', (page) => {
    expect(blocksOf(read(page)).filter(({ text }) => /^ *\$ /m.test(text))).toEqual([]);
  });

  it.each(pages)('%s quotes files as they are', (page) => {
    const differing = blocksOf(read(page)).filter((block) => {
      const file = namedBy(block, 'excerpt');
      return file !== undefined && !withoutMargin(read(file)).includes(withoutMargin(block.text));
    });
    expect(differing.map(({ mark }) => mark)).toEqual([]);
  });

  it.each(guides)('%s has no block that no test runs, checks or knows as a listing', (page) => {
    const known =
      /^(run(: .+)?|start|types(: .+)?|page|listing|(file|append|insert|patch|excerpt): \S+)$/;
    const rest = read(page).replace(/<!-- tour -->.*<!-- \/tour -->/s, '');
    const unknown = blocksOf(rest).filter(({ mark = '' }) => !known.test(mark));
    expect(unknown.map(({ text }) => text)).toEqual([]);
  });

  it.each(pagesWithCode())('%s has no TypeScript that no test compiles', (page) => {
    // `page`: the code of a page in a browser.
    const compiled = /^(types(: .+)?|page|(file|append|insert|excerpt): \S+)$/;
    const unknown = blocksOf(read(page)).filter(
      ({ language, mark = '' }) => /^tsx?$/.test(language) && !compiled.test(mark),
    );
    expect(unknown.map(({ text }) => text)).toEqual([]);
  });

  it('are all in the menu of the site, which docs/index.md makes', () => {
    const linked = readMenu().flatMap(({ items = [] }) => items);
    expect(linked.length).toBeGreaterThan(40);
  });

  it('describe every error code', () => {
    const page = read('docs/reference/errors.md');
    expect(errorCodes.filter((code) => !page.includes(`\`${code}\``))).toEqual([]);
  });

  it.each([
    { page: 'docs/reference/settings.md', owner: undefined },
    { page: 'packages/factors/README.md', owner: factors() },
    { page: 'packages/mail/README.md', owner: mail() },
    { page: 'packages/nats/README.md', owner: nats() },
    { page: 'packages/operations/README.md', owner: operations() },
    { page: 'packages/providers/README.md', owner: acme },
    { page: 'packages/redis/README.md', owner: redis() },
    { page: 'packages/rights/README.md', owner: rights() },
  ])('describe every setting: $page', async ({ page, owner }) => {
    const expected = withGenerated(read(page), settingsTable(owner));
    await expect(expected).toMatchFileSnapshot(join(repository, page));
  });

  it.each([factors(), mail(), nats(), operations(), acme, redis(), rights()])(
    'list the settings and commands of the package $name',
    ({ settings = {}, commands = {}, schemaCommands = {} }) => {
      const listed = read('docs/reference/settings.md').split('## Settings of packages')[1] ?? '';
      expect(Object.keys(settings).filter((name) => !listed.includes(`\`${name}\``))).toEqual([]);
      const cli = read('docs/reference/cli.md');
      const names = Object.keys({ ...commands, ...schemaCommands });
      expect(names.filter((name) => !cli.includes(`| \`gatehouse ${name}`))).toEqual([]);
    },
  );

  it('describe every command', async () => {
    const page = 'docs/reference/cli.md';
    const program = describedProgram();
    const expected = withGenerated(read(page), commandSections(program));
    await expect(expected).toMatchFileSnapshot(join(repository, page));
  });

  it.each(apiPages())('describe every field of the API: $page', async ({ page, generated }) => {
    const expected = withGenerated(read(page), generated);
    await expect(expected).toMatchFileSnapshot(join(repository, page));
  });

  it('list every proof', () => {
    const page = read('docs/contributing/proofs.md');
    const proofs = readdirSync(join(repository, 'test/proofs'))
      .filter((file) => file.endsWith('.proof.test.ts'))
      .map((file) => `\`npm run proof -- ${file.slice(0, -'.proof.test.ts'.length)}\``);
    expect(proofs.filter((command) => !page.includes(command))).toEqual([]);
  });

  it.each(pages)('%s names proofs that exist', (page) => {
    const named = [...read(page).matchAll(/npm run\s+proof -- ([\w-]+)/g)].map(([, name]) => name);
    const missing = named.filter(
      (name) =>
        !['mutation', 'samples'].includes(name ?? '') &&
        !existsSync(join(repository, `test/proofs/${name}.proof.test.ts`)),
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

/** Reasons of a refusal and policies are written as settings are. */
const isReason = (name: string): boolean =>
  /^(TOKEN_(MISSING|MALFORMED|EXPIRED|INVALID|REVOKED)|SESSION_OWNER)$/.test(name);
