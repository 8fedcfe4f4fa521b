// Reports words for which a plainer one exists, in files (with the line) and in subjects of the latest commits, and
// fails. Migrations are not checked, because databases record their checksums.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { globSync } from 'tinyglobby';

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
const pattern = new RegExp(`\\b(?:${words.join('|').replaceAll(' ', '[\\s*/]+')})\\b`, 'gi');

function report(place, found) {
  process.exitCode = 1;
  process.stderr.write(`${place}: ${found.replaceAll(/[\s*/]+/g, ' ')}\n`);
}

for (const path of files.sort()) {
  const text = readFileSync(path, 'utf8');
  for (const { 0: found, index } of text.matchAll(pattern)) {
    report(`${path}:${text.slice(0, index).split('\n').length}`, found);
  }
}

// Without git, a repository or a commit, there is no output. A shallow clone has fewer commits.
const log = spawnSync('git', ['log', `-${COMMITS}`, '--format=%h %s'], { encoding: 'utf8' });
for (const commit of log.stdout?.split('\n') ?? []) {
  const [hash, ...subject] = commit.split(' ');
  for (const { 0: found } of subject.join(' ').matchAll(pattern)) report(`commit ${hash}`, found);
}
