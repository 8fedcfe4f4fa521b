import { parse } from 'graphql';
import { expect, it } from 'vitest';
import { createDocumentCache } from '../../src/operation/read/document-cache.ts';

it('keeps documents by their length, comments included, and forgets the oldest', () => {
  const cache = createDocumentCache();
  const text = `{ me { id } }${'#\n'.repeat(20_000)}`;
  for (let n = 0; n < 20; n += 1) cache.set(`${n}`, parse(text));
  const kept = [];
  for (let n = 0; n < 20; n += 1) if (cache.has(`${n}`)) kept.push(n);
  expect(kept).toEqual([14, 15, 16, 17, 18, 19]); // 240,078 characters
});

it('does not keep a document that is larger than all that it keeps', () => {
  const cache = createDocumentCache();
  cache.set('large', parse(`{ me { id } }${'#'.repeat(300_000)}`));
  expect(cache.has('large')).toBe(false);
});
