import { describe, expect, it } from 'vitest';
import { createResolveId } from '../../src/operation/resolve-id.ts';

describe('the id of an operation', () => {
  const resolve = createResolveId((id) => ({ a: '{ a }', b: '{ b }' })[id]);
  const known = { query: '{ a }', extensions: null };

  it.each([
    ['documentId', { documentId: 'a' }, known],
    ['doc_id', { doc_id: 'a' }, known],
    ['id', { id: 'a' }, known],
    ['extensions.persistedQuery', { extensions: { persistedQuery: { sha256Hash: 'a' } } }, known],
    ['a text there', { extensions: { persistedQuery: 'a' }, query: '' }, known],
    [
      'other extensions',
      { extensions: { persistedQuery: 'a', prefer: 'x' } },
      { query: '{ a }', extensions: { prefer: 'x' } },
    ],
    [
      'a text beside it, which counts',
      { query: '{ c }', documentId: 'b', extensions: { persistedQuery: 'a' } },
      { query: '{ c }', extensions: null },
    ],
    [
      'no text',
      { documentId: 'c' },
      { query: undefined, extensions: { persistedQuery: { version: 1, sha256Hash: 'c' } } },
    ],
    ['a text alone', { query: '{ c }', documentId: 'b' }, undefined],
    ['no id', { query: '', documentId: '', id: 7, extensions: { persistedQuery: {} } }, undefined],
    ['what is no object', { extensions: ['persistedQuery'] }, undefined],
  ])('is read from a request with %s', (_what, request, expected) => {
    expect(resolve(request)).toEqual(expected);
  });
});
