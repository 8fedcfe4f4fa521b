// Reports words for which a plainer one exists, in files (with the line) and in subjects of the latest commits, and
// fails. Migrations are not checked, because databases record their checksums.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { globSync } from 'tinyglobby';
import { kinds } from './text-kinds.mjs';

const folders = '{src,packages,examples,prisma,bench,scripts,deploy,test}';
const files = globSync(
  [`${folders}/**/*.{ts,tsx,mjs,js,graphql,prisma,html,md}`, 'docs/**/*.md', '*.md'],
  {
    ignore: [
      '**/node_modules/**',
      '**/generated/**',
      '**/dist/**',
      'scripts/check-words.mjs',
      'test/check-words.test.ts',
    ],
  },
);

/** Enough for the commits of a branch. Older subjects cannot be changed any more. */
const COMMITS = 20;

const words = [
  'anew',
  'at hand',
  'by itself',
  'in turn of',
  'is none',
  'let in',
  'lets in',
  'nobody',
  'somebody',
  'tells',
  'told',
  'who asks',
  'who is asking',
  'whoever',
];

/** A line break and the mark of a comment can separate two words. */
const toPattern = (alternatives) =>
  new RegExp(`\\b(?:${alternatives.join('|').replaceAll(' ', '[\\s*/]+')})\\b`, 'gi');

const pattern = toPattern(words);

/**
 * Words of this project for which its field has others. Each row: the
 * `words`, what to `use`, where one `stays`, and the `only` kinds of text in which they are no name of a verdict.
 */
const fieldWords = JSON.parse(readFileSync(new URL('field-words.json', import.meta.url), 'utf8'));

function report(place, found, use) {
  process.exitCode = 1;
  const word = found.replaceAll(/[\s*/]+/g, ' ');
  process.stderr.write(`${place}: ${word}${use === undefined ? '' : ` (${use})`}\n`);
}

/** Reports where a text has a pattern, by the line. */
function reportIn(path, text, sought, use) {
  for (const { 0: found, index } of text.matchAll(sought)) {
    report(`${path}:${text.slice(0, index).split('\n').length}`, found, use);
  }
}

for (const path of files.sort()) reportIn(path, readFileSync(path, 'utf8'), pattern);

for (const [kind, { files: filesOf, textOf }] of Object.entries(kinds)) {
  for (const path of filesOf().sort()) {
    const text = textOf(readFileSync(path, 'utf8'), path);
    for (const { words: sought, except = [], use, stays = {}, only = [kind] } of fieldWords) {
      if (stays[kind]?.includes(path) || !only.includes(kind)) continue;
      const rest = text.replaceAll(toPattern(except.concat('(?!)')), (found) =>
        found.replaceAll(/\S/g, '-'),
      );
      reportIn(path, rest, toPattern(sought), use);
    }
  }
}

// Without git, a repository or a commit, there is no output. A shallow clone has fewer commits.
const log = spawnSync('git', ['log', `-${COMMITS}`, '--format=%h %s'], { encoding: 'utf8' });
for (const commit of log.stdout?.split('\n') ?? []) {
  const [hash, ...subject] = commit.split(' ');
  for (const { 0: found } of subject.join(' ').matchAll(pattern)) report(`commit ${hash}`, found);
}
