import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { addressOf as addressOfName } from '@graphql-gatehouse/authorization/pages';
import { describe, expect, it, onTestFinished } from 'vitest';
import { rewriteLinks } from '../scripts/release/links.ts';
import { writeHomepage } from '../scripts/release/pack.ts';
import { readManifest, readPackages } from '../scripts/release/packages.ts';
import { addressOf, requireSettings, withAddresses } from '../scripts/release/settings.ts';
import { makeNextVersion } from './support/next-version.ts';
import { startOwnRegistry } from './support/own-registry.ts';
import { repository } from './support/process.ts';

const run = promisify(execFile);

const dependenciesOf = (manifest: ReturnType<typeof readManifest>) => [
  ...Object.entries(manifest.dependencies ?? {}),
  ...Object.entries(manifest.devDependencies ?? {}),
  ...Object.entries(manifest.peerDependencies ?? {}),
];

describe('the next version', () => {
  it('is that of every package, and what each of them and each example asks for', async () => {
    const copy = await mkdtemp(join(tmpdir(), 'gatehouse-next-'));
    onTestFinished(() => rm(copy, { recursive: true, force: true }));
    await makeNextVersion(copy);
    const before = readManifest('.').version;
    const packages = readPackages(copy);
    const versions = new Set(packages.map(({ manifest }) => manifest.version));
    expect(versions.size).toBe(1);
    expect(versions).not.toContain(before);
    const [next] = versions;
    const own = new Set(packages.map(({ manifest }) => manifest.name));
    const folders = [...packages.map(({ folder }) => folder), 'examples/web', 'examples/router'];
    const ranges = folders.flatMap((folder) =>
      dependenciesOf(readManifest(folder, copy)).filter(
        ([name, range]) => own.has(name) && !range.startsWith('file:'),
      ),
    );
    expect(ranges.length).toBeGreaterThan(8);
    const stale = ranges.filter(([, range]) => range !== next && range !== `^${next}`);
    expect(stale).toEqual([]);
    // Links within the repository stay as they are.
    const { devDependencies } = readManifest('packages/mail', copy);
    expect(devDependencies).toEqual(readManifest('packages/mail').devDependencies);
  });

  it('is published in an order in which each package finds what it needs', () => {
    const names = readPackages().map(({ manifest }) => manifest.name);
    expect(new Set(names).size).toBe(names.length);
    const early = readPackages().flatMap(({ manifest }, index) =>
      dependenciesOf(manifest).filter(([name]) => names.indexOf(name) >= index),
    );
    expect(early).toEqual([]);
    expect(names.indexOf('create-graphql-gatehouse')).toBeGreaterThan(
      names.indexOf('graphql-gatehouse'),
    );
  });
});

describe('a release', () => {
  const set = {
    repository: 'https://git.example.org/gatehouse',
    npmOwner: 'gatehouse-owner',
    homepage: 'https://docs.example.org/gatehouse',
  };

  it('needs the addresses of the repository and the documents, and the owner of the names', () => {
    expect(() => requireSettings({ ...set, repository: null })).toThrow(/^Set repository in/);
    expect(() => requireSettings({ repository: null, npmOwner: null, homepage: null })).toThrow(
      'Set repository and npmOwner and homepage in scripts/release/settings.json before a release.',
    );
    expect(requireSettings(set)).toEqual(set);
  });

  it('gives each manifest the addresses of the repository', () => {
    expect(withAddresses({ name: 'a', version: '1.0.0' }, 'packages/a', set)).toEqual({
      name: 'a',
      version: '1.0.0',
      homepage: set.homepage,
      bugs: 'https://git.example.org/gatehouse/issues',
      repository: {
        type: 'git',
        url: 'git+https://git.example.org/gatehouse.git',
        directory: 'packages/a',
      },
    });
  });

  it('links startup errors to the pages of the site', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'gatehouse-homepage-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const file = join(folder, 'homepage.mjs');
    await writeHomepage(file, set);
    expect(await import(file)).toMatchObject({ homepage: set.homepage });
    expect(addressOfName({ startup: ['port-in-use'] }, 'port-in-use', set.homepage)).toBe(
      'https://docs.example.org/gatehouse/reference/errors/startup#port-in-use',
    );
  });

  it('publishes nothing where another account has a name, or no account', async () => {
    const manifest = { name: 'graphql-gatehouse', version: '0.1.0' };
    const registry = await startOwnRegistry([{ manifest }], { owner: set.npmOwner });
    onTestFinished(registry.stop);
    const require = async (names: readonly string[], owner: string) => {
      const program = `import { requireOwner } from './scripts/release/owners.ts';
        requireOwner(${JSON.stringify(names)}, ${JSON.stringify(owner)});`;
      const words = ['--import', 'tsx', '--input-type=module', '--eval', program];
      const env = { ...process.env, npm_config_registry: registry.url };
      return run(process.execPath, words, { cwd: repository, env }).then(
        () => 'published',
        ({ stderr }: { readonly stderr: string }) => /These names.*/.exec(stderr)?.[0],
      );
    };
    expect(await require(['graphql-gatehouse'], set.npmOwner)).toBe('published');
    expect(await require(['graphql-gatehouse'], 'another')).toContain(
      'do not belong to another: graphql-gatehouse (gatehouse-owner).',
    );
    expect(await require(['graphql-gatehouse', '@graphql-gatehouse/mail'], set.npmOwner)).toContain(
      '@graphql-gatehouse/mail (not on npm). Nothing was published.',
    );
  });
});

describe('the links of a document in an archive', () => {
  const text = [
    'See [the guide](../../docs/guides/rows.md#ids), [`a`](src/a.ts), [b](#b) and [c](https://c.example).',
    '```md\n[the guide](../../docs/guides/rows.md)\n```',
  ].join('\n');
  const rewrite = (repositoryAddress: string | null) =>
    rewriteLinks(text, {
      path: 'packages/mail/README.md',
      isPacked: (path) => path === 'packages/mail/src/a.ts',
      addressOf: (path) => addressOf(path, '1.2.0', { repository: repositoryAddress }),
    });

  it('lead to the repository at the version of the package', () => {
    expect(rewrite('https://git.example.org/gatehouse')).toBe(
      text.replace(
        '../../docs/guides/rows.md#ids',
        'https://git.example.org/gatehouse/blob/v1.2.0/docs/guides/rows.md#ids',
      ),
    );
  });

  it('are only text while the repository has no address', () => {
    expect(rewrite(null)).toBe(
      text.replace('[the guide](../../docs/guides/rows.md#ids)', 'the guide'),
    );
  });
});

it('is described for npm by a licence and an engine in every package', async () => {
  for (const { folder, manifest } of readPackages()) {
    expect(manifest).toMatchObject({
      license: 'MIT',
      type: 'module',
      engines: { node: '>=20.19' },
    });
    const licence = await readFile(join(repository, folder, 'LICENSE'), 'utf8');
    expect(licence).toContain('MIT License');
  }
});
