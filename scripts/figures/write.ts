// `npm run figures`: writes figures and limits between their marks in the documents.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../release/packages.ts';
import { markedPages, withFigures } from './pages.ts';

for (const page of markedPages()) {
  const path = join(root, page);
  const text = readFileSync(path, 'utf8');
  const filled = withFigures(text);
  if (filled === text) continue;
  writeFileSync(path, filled);
  process.stdout.write(`${page}\n`);
}
