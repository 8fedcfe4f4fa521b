// Reports words for which a plainer one exists, with file and line, and fails.
// Migrations are not checked, because databases record their checksums.
import { readFileSync } from 'node:fs';
import { globSync } from 'tinyglobby';

const files = globSync(
  [
    '{src,packages,examples,prisma}/**/*.{ts,tsx,mjs,js,graphql,prisma,html,md}',
    'docs/**/*.md',
    'README.md',
  ],
  { ignore: ['**/node_modules/**', '**/generated/**', '**/dist/**', '**/CHANGELOG.md'] },
);

const words = ['whoever', 'anew', 'nobody', 'at hand', 'by itself', 'is none', 'in turn of'];

/** The hits that folders still have. Only lower these numbers, and remove a folder at 0. */
const listPath = 'scripts/allowed-words.json';
const allowedHits = JSON.parse(readFileSync(listPath, 'utf8'));

/** A line break and the mark of a comment can separate two words. */
const pattern = new RegExp(`\\b(?:${words.join('|').replaceAll(' ', '[\\s*/]+')})\\b`, 'gi');

/** Returns the first two folders of a path, such as `src/server`. */
const folderOf = (path) => path.split('/').slice(0, -1).slice(0, 2).join('/');

const hits = files.sort().flatMap((path) => {
  const text = readFileSync(path, 'utf8');
  return [...text.matchAll(pattern)].map(({ 0: found, index }) => ({
    folder: folderOf(path),
    line: `${path}:${text.slice(0, index).split('\n').length}: ${found.replaceAll(/[\s*/]+/g, ' ')}`,
  }));
});

for (const folder of new Set([...Object.keys(allowedHits), ...hits.map((hit) => hit.folder)])) {
  const found = hits.filter((hit) => hit.folder === folder);
  const allowed = allowedHits[folder] ?? 0;
  const limit = allowed === 0 ? '' : ` (${found.length} in ${folder}, ${allowed} allowed)`;
  if (found.length < allowed) {
    process.stdout.write(`${listPath}: lower ${folder} to ${found.length}.\n`);
  } else if (found.length > allowed) {
    process.exitCode = 1;
    for (const { line } of found) process.stderr.write(`${line}${limit}\n`);
  }
}
