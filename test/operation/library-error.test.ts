import { GraphQLError, Kind, parseValue } from 'graphql';
import { expect, it } from 'vitest';
import { fromLibraryError } from '../../src/operation/errors/library-error.ts';

const foreign = 'hunter2';

it.each<[string, Readonly<Record<string, unknown>>, string, string]>([
  ['a method', { code: 'BAD_REQUEST', http: { status: 405 } }, 'BAD_REQUEST', 'mutations by POST'],
  ['a media type', { code: 'BAD_REQUEST', http: { status: 415 } }, 'BAD_REQUEST', 'Content-Type'],
  ['a request', { code: 'BAD_REQUEST', http: { status: 400 } }, 'BAD_REQUEST', 'malformed'],
  ['a request, without a status', { code: 'BAD_REQUEST' }, 'BAD_REQUEST', 'malformed'],
  ['a document', { code: 'GRAPHQL_PARSE_FAILED' }, 'GRAPHQL_PARSE_FAILED', 'Syntax error.'],
  ['something else', { code: 'OTHER', secret: foreign }, 'OTHER', 'not valid'],
  ['something without a code', {}, 'BAD_USER_INPUT', 'not valid'],
])('an error of a library about %s has our own text', (_what, extensions, code, text) => {
  const error = fromLibraryError(new GraphQLError(foreign, { extensions }));
  expect(error.extensions).toEqual({ code });
  expect(error.message).toContain(text);
  expect(error.message).not.toContain(foreign);
});

it.each([
  ['PERSISTED_QUERY_NOT_FOUND', 'PersistedQueryNotFound'],
  ['PERSISTED_QUERY_NOT_SUPPORTED', 'PersistedQueryNotSupported'],
])('keeps the message of %s that clients of persisted queries look for', (code, message) => {
  const error = fromLibraryError(new GraphQLError('anything', { extensions: { code } }));
  expect(error.message).toBe(message);
});

it('names the variable that is found wrong while the operation runs, and no literal', () => {
  const variable = { kind: Kind.VARIABLE, name: { kind: Kind.NAME, value: 'first' } } as const;
  const ofVariable = fromLibraryError(new GraphQLError(foreign, { nodes: variable }));
  expect(ofVariable.extensions).toEqual({ code: 'BAD_USER_INPUT', argument: 'first' });
  const ofLiteral = fromLibraryError(
    new GraphQLError(foreign, { nodes: parseValue(`"${foreign}"`) }),
  );
  expect(ofLiteral.message).toBe('A value does not match its type.');
});
