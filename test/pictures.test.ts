import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { pagesBelow, readPage } from './support/documents.ts';
import { repository } from './support/process.ts';

const folder = join(repository, 'docs/pictures');
const pictures = readdirSync(folder).filter((file) => file.endsWith('.png'));
const pages = pagesBelow('docs').map((page) => readPage(page));

describe('the pictures of the documents', () => {
  it.each(pictures)('%s is shown by a page, with a text in its place', (file) => {
    const shown = new RegExp(`!\\[[^\\]]{20,}\\]\\(\\S*pictures/${file}\\)`);
    expect(pages.filter((page) => shown.test(page))).toHaveLength(1);
  });

  it.each(pictures)('%s is light', (file) => {
    expect(statSync(join(folder, file)).size).toBeLessThanOrEqual(100_000);
  });

  it('say which commit they show', () => {
    expect(readPage('docs/pictures/commit.txt')).toMatch(/^[0-9a-f]{40} \d{4}-\d\d-\d\d\n$/);
  });
});
