import { expect, it } from 'vitest';
import { createContentTypes } from '../../../src/doors/http/graphql-handler.ts';

it('keeps what was chosen for a header, and for none', () => {
  const types = createContentTypes();
  types.learn('*/*', 'application/json');
  types.learn(undefined, 'application/graphql-response+json');
  expect([types.of('*/*'), types.of(undefined), types.of('text/html')]).toEqual([
    'application/json',
    'application/graphql-response+json',
    undefined,
  ]);
});

it('keeps the last 200 headers, and none that is longer than 1,000 characters', () => {
  const types = createContentTypes();
  const long = 'a'.repeat(1_001);
  types.learn(long, 'application/json');
  for (let n = 0; n < 300; n += 1) types.learn(`a/${n}`, 'application/json');
  const all = Array.from({ length: 300 }, (_, n) => n);
  expect(all.filter((n) => types.of(`a/${n}`) !== undefined)).toEqual(all.slice(100));
  expect(types.of(long)).toBeUndefined();
});
