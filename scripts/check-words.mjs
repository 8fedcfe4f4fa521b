// Reports words for which a plainer one exists, with file and line, and fails.
// Migrations are not checked, because databases record their checksums.
import { readFileSync } from 'node:fs';
import { globSync } from 'tinyglobby';

const files = globSync(
  [
    '{src,packages,examples,prisma,bench,scripts,deploy}/**/*.{ts,tsx,mjs,js,graphql,prisma,html,md}',
    'docs/**/*.md',
    '*.md',
  ],
  { ignore: ['**/node_modules/**', '**/generated/**', '**/dist/**', 'scripts/check-words.mjs'] },
);

const words = [
  ...['anew', 'at hand', 'by itself', 'in turn of', 'is none', 'let in', 'lets in', 'nobody'],
  ...['somebody', 'tells', 'told', 'who asks', 'who is asking', 'whoever'],
];

/** A line break and the mark of a comment can separate two words. */
const pattern = new RegExp(`\\b(?:${words.join('|').replaceAll(' ', '[\\s*/]+')})\\b`, 'gi');

for (const path of files.sort()) {
  const text = readFileSync(path, 'utf8');
  for (const { 0: found, index } of text.matchAll(pattern)) {
    process.exitCode = 1;
    const line = text.slice(0, index).split('\n').length;
    process.stderr.write(`${path}:${line}: ${found.replaceAll(/[\s*/]+/g, ' ')}\n`);
  }
}
