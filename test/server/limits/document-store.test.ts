import { parse } from 'graphql';
import { expect, it } from 'vitest';
import { createDocumentStore } from '../../../src/server/limits/document-store.ts';

it('keeps documents by their length, comments included, and forgets the oldest', async () => {
  const store = createDocumentStore();
  const text = `{ me { id } }${'#\n'.repeat(20_000)}`;
  for (let n = 0; n < 20; n += 1) await store.set(`${n}`, parse(text));
  const kept = [];
  for (let n = 0; n < 20; n += 1) if ((await store.get(`${n}`)) !== undefined) kept.push(n);
  expect(kept).toEqual([14, 15, 16, 17, 18, 19]); // 240,078 characters
});

it('does not keep a document that is larger than all that it keeps', async () => {
  const store = createDocumentStore();
  await store.set('large', parse(`{ me { id } }${'#'.repeat(300_000)}`));
  expect(await store.get('large')).toBeUndefined();
});
