import { describe, expect, it } from 'vitest';
import { anonymous, type Viewer } from '../../../src/authentication/viewer.ts';
import { KnownOperationsError } from '../../../src/operation/known/known-operations.ts';
import { createIsFree } from '../../../src/operation/known/operation-gate.ts';
import { createResolveId } from '../../../src/operation/known/resolve-id.ts';
import { createGroups } from '../../../src/values/groups.ts';

const clientId = '0190a9f4-0000-7000-8000-00000000000a';
const groups = createGroups(['STAFF', 'AUDITOR']);
const authenticated = { isAuthenticated: true, userId: undefined } as const;
const clientOf = (id: string, ...held: readonly string[]): Viewer => ({
  ...authenticated,
  kind: 'apiClient',
  clientId: id,
  secretHash: new Uint8Array(),
  groups: new Set(held),
});

describe('OPERATIONS_FREE', () => {
  const isFree = createIsFree(['AUDITOR', clientId.toUpperCase()], groups);

  it.each([
    ['a viewer in one of its groups', clientOf('x', 'STAFF', 'AUDITOR'), true],
    ['a viewer in other groups', clientOf('x', 'STAFF'), false],
    ['one of its API clients', clientOf(clientId), true],
    ['another API client', clientOf('x'), false],
    ['an anonymous viewer', anonymous('TOKEN_MISSING'), false],
  ])('decides about %s', (_who, viewer, expected) => {
    expect(isFree(viewer)).toBe(expected);
  });

  it('stops the start for a name that is neither a group nor an id', () => {
    expect(() => createIsFree(['AUDITORS'], groups)).toThrow(KnownOperationsError);
  });
});

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
