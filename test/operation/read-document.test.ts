import { buildSchema } from 'graphql';
import { describe, expect, it } from 'vitest';
import { createReadDocument } from '../../src/operation/read/read-document.ts';

const schema = buildSchema('type Query { a: Int, secret: Secret } type Secret { a: Int }');
const visible = buildSchema('type Query { a: Int }');
const { read } = createReadDocument({ schema, maxTokens: 20, maxErrors: 3 });

/** The document, or the codes and texts of the errors. */
function resultOf(query: string, shown = visible) {
  const result = read(query, () => shown);
  if ('document' in result) return result.document;
  return result.errors.map(({ message, extensions: { code } }) => [code, message]);
}

describe('the text of a document', () => {
  it('is parsed and validated once, for every viewer', () => {
    const document = resultOf('{ secret { a } }');
    expect(document).toMatchObject({ kind: 'Document' });
    expect(resultOf('{ secret { a } }', schema)).toBe(document);
    expect(resultOf('{ secret { a }}')).not.toBe(document);
  });

  it.each([
    [
      '{ a',
      'GRAPHQL_PARSE_FAILED',
      'Syntax error: unexpected end of the document at line 1, column 4.',
    ],
    [
      `{ ${'a '.repeat(20)} }`,
      'OPERATION_TOO_LARGE',
      'The operation is too large: the limit for tokens is 20.',
    ],
    [
      '{ ...A } fragment A on Query { ...A }',
      'GRAPHQL_VALIDATION_FAILED',
      'Fragments must not form a cycle.',
    ],
    ['{ b }', 'GRAPHQL_VALIDATION_FAILED', 'Cannot query field "b" on type "Query".'],
  ])('%s is refused, however often it comes', (query, code, message) => {
    expect(resultOf(query)).toEqual([[code, message]]);
    expect(resultOf(query)).toEqual([[code, message]]);
  });

  it('is refused by what each viewer sees', () => {
    const invalid = 'GRAPHQL_VALIDATION_FAILED';
    expect(resultOf('{ secret }')).toEqual([
      [invalid, 'Cannot query field "secret" on type "Query".'],
    ]);
    expect(resultOf('{ secret }', schema)).toEqual([
      [invalid, expect.stringMatching('^Field "secret" of type "Secret" must have a selection')],
    ]);
  });

  it('is not kept when it is longer than all that is kept', () => {
    const long = `{ a }${' '.repeat(300_000)}`;
    expect(resultOf(long)).not.toBe(resultOf(long));
    expect(resultOf(long)).toMatchObject({ kind: 'Document' });
  });
});
