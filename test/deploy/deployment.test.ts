import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { describeEverySetting } from '../../src/config/describe-settings.ts';
import { repository } from '../support/process.ts';

const read = (path: string) => readFileSync(join(repository, path), 'utf8');

/** What a file says of a setting, wherever it says so: `NAME=...`, `NAME: ...` or `name: NAME, value:`. */
function settingsSet(path: string): readonly string[] {
  const text = read(path).replaceAll(/^\s*#.*$/gm, '');
  const names = text.matchAll(/(?:^| |=|name: )([A-Z][A-Z_]{3,})(?==|: |, value:)/gm);
  return [...names].map(([, name = '']) => name);
}

const known = new Set(describeEverySetting().map(({ name }) => name));
/** Variables of PostgreSQL's image and of the Caddyfile, and an argument of ours. */
const foreign = /^(POSTGRES|CADDY)_|^NODE_IMAGE$/;

describe('the files of deploy/', () => {
  it.each(['compose.yaml', 'compose.tls.yaml', 'kubernetes.yaml'])(
    '%s is YAML without a mistake',
    (file) => {
      const documents = parseAllDocuments(read(`deploy/${file}`), { merge: true });
      expect(documents).not.toHaveLength(0);
      for (const document of documents) {
        expect([document.errors, document.warnings]).toEqual([[], []]);
        expect(document.toJS()).toBeTypeOf('object');
      }
    },
  );

  it.each([
    ['Dockerfile', ['NODE_ENV', 'HOST', 'PORT', 'DATA_DIR']],
    ['compose.yaml', ['DATABASE_URL', 'SIGNING_KEYS', 'TRUST_PROXY', 'ADMIN_PASSWORD']],
    ['kubernetes.yaml', ['SIGNING_KEYS', 'TRUST_PROXY']],
    ['systemd/gatehouse@.service', ['NODE_ENV', 'PORT', 'SIGNING_KEYS']],
  ])('%s sets what the server knows as settings', (file, expected) => {
    const set = settingsSet(`deploy/${file}`).filter((name) => !foreign.test(name));
    expect(set).toEqual(expect.arrayContaining(expected));
    expect(set.filter((name) => !known.has(name))).toEqual([]);
  });
});

/** A script of the repository. */
interface Script {
  readonly dependencies?: readonly string[];
  readonly files?: readonly string[];
}

describe('the Dockerfile', () => {
  const sources = [...read('deploy/Dockerfile').matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(
    ([, words = '']) => words.split(' '),
  );
  const ignored = read('.dockerignore').split('\n');
  const passes = ignored.filter((line) => line.startsWith('!')).map((line) => line.slice(1));

  it('copies files that are there, and that .dockerignore lets through', () => {
    expect(sources).toEqual(expect.arrayContaining(['package.json', 'src', 'prisma']));
    expect(sources.filter((path) => !existsSync(join(repository, path)))).toEqual([]);
    const isLetThrough = (path: string) =>
      passes.some((each) => path === each || path.startsWith(`${each}/`));
    expect(sources.filter((path) => !isLetThrough(path))).toEqual([]);
  });

  it('gets nothing else of the folder in which it is built', () => {
    expect(ignored.find((line) => !line.startsWith('#'))).toBe('*');
    expect(passes.filter((path) => !sources.includes(path))).toEqual([]);
  });

  it('runs scripts of examples that it copies', () => {
    const { wireit }: { readonly wireit: Readonly<Record<string, Script>> } = JSON.parse(
      read('package.json'),
    );
    const withDependencies = (name: string): readonly string[] => [
      name,
      ...(wireit[name]?.dependencies ?? []).flatMap(withDependencies),
    ];
    const run = [...read('deploy/Dockerfile').matchAll(/npm run ([\w:-]+)/g)].flatMap(
      ([, name = '']) => withDependencies(name),
    );
    const files = run.flatMap((name) => wireit[name]?.files ?? []);
    const examples = files.flatMap((path) => /^examples\/[\w-]+/.exec(path) ?? []);
    expect(examples).toContain('examples/rooms');
    expect(examples.filter((path) => !sources.includes(path))).toEqual([]);
  });

  it('runs as a user who is not root', () => {
    const [, user] =
      /^USER (\d+):\d+$/m.exec(read('deploy/Dockerfile').split('\nFROM ').at(-1) ?? '') ?? [];
    expect(Number(user)).toBeGreaterThan(0);
  });
});
