import fc from 'fast-check';
import { GraphQLError, Lexer, parse, Source, TokenKind } from 'graphql';
import { describe, expect, it } from 'vitest';
import type { RequestError } from '../../src/operation/errors/request-error.ts';
import { toSyntaxError } from '../../src/operation/errors/syntax-error.ts';

/** What graphql-js throws for a text; undefined when it can parse it. */
function thrownFor(text: string, maxTokens?: number): GraphQLError | undefined {
  try {
    parse(text, maxTokens === undefined ? {} : { maxTokens });
    return undefined;
  } catch (error) {
    if (error instanceof GraphQLError) return error;
    throw error;
  }
}

function errorOf(text: string, maxTokens?: number): RequestError | undefined {
  const error = thrownFor(text, maxTokens);
  return error && toSyntaxError(error, maxTokens);
}

describe('a document that cannot be parsed', () => {
  it.each([
    ['', 'unexpected end of the document at line 1, column 1'],
    ['{ a', 'unexpected end of the document at line 1, column 4'],
    ['{\n  a(b: 1) c: d }\n}', 'unexpected "}" at line 3, column 1'],
    ['{ a\n  (secret) }', 'unexpected ")" at line 2, column 10'],
    ['secret { a }', 'unexpected Name at line 1, column 1'],
    ['{ "secret" }', 'unexpected String at line 1, column 3'],
    ['{ """secret""" }', 'unexpected BlockString at line 1, column 3'],
    ['{ 17 }', 'unexpected Int at line 1, column 3'],
    ['{ 1.7 }', 'unexpected Float at line 1, column 3'],
    ['query ($a: Int = $secret) { a }', 'unexpected "$" at line 1, column 18'],
    ['{ a(b: "secret', 'unreadable text at line 1, column 15'],
    ['{ a(b: "\\secret") }', 'unreadable text at line 1, column 9'],
    ["{ a(b: 'secret') }", 'unreadable text at line 1, column 8'],
  ])('%j is described by token and place, without its words', (text, problem) => {
    const error = errorOf(text);
    expect(error?.message).toBe(`Syntax error: ${problem}.`);
    expect(error?.extensions).toEqual({ code: 'GRAPHQL_PARSE_FAILED' });
    expect(JSON.stringify(error)).not.toContain('secret');
  });

  it('is described without a place where the error has none', () => {
    expect(toSyntaxError({ source: undefined, positions: undefined }).message).toBe(
      'Syntax error.',
    );
    const source = new Source('{ a');
    expect(toSyntaxError({ source, positions: [] }).message).toBe('Syntax error.');
  });
});

describe('a document of too many tokens', () => {
  it('is too large, and no syntax error', () => {
    expect(errorOf('{ a b c }', 5)).toBeUndefined();
    const error = errorOf('{ a b c }', 4);
    expect(error?.extensions).toEqual({ code: 'OPERATION_TOO_LARGE', reason: 'TOKENS', limit: 4 });
  });

  it.each([
    ['with comments, which are no tokens', '{ # a b c d e f\n a b c\n# g\n}'],
    ['that has a syntax error behind the limit', '{ a b c } }'],
  ])('%s', (_what, text) => {
    expect(errorOf(text, 4)?.extensions.reason).toBe('TOKENS');
  });

  it('is distinguished from a syntax error before or at the limit', () => {
    expect(errorOf('{ a ) b c }', 3)?.message).toBe(
      'Syntax error: unexpected ")" at line 1, column 5.',
    );
    expect(errorOf('{ a b " }', 3)?.message).toBe(
      'Syntax error: unreadable text at line 1, column 10.',
    );
  });

  it('is found wherever graphql-js stops for it, and only where there are more tokens', () => {
    const token = fc.constantFrom(
      '{',
      '}',
      'a',
      '(',
      ')',
      '"s"',
      '1',
      ':',
      '...',
      '# c\n',
      '"',
      '@',
    );
    const texts = fc.array(token, { maxLength: 12 }).map((tokens) => `{ a ${tokens.join(' ')}`);
    fc.assert(
      fc.property(texts, fc.integer({ min: 1, max: 12 }), (text, maxTokens) => {
        const isOfLimit = errorOf(text, maxTokens)?.extensions.code === 'OPERATION_TOO_LARGE';
        // Whatever graphql-js says: without the limit it says something else, or nothing.
        const [limited, unlimited] = [thrownFor(text, maxTokens), thrownFor(text)];
        if (limited?.message !== unlimited?.message) expect(isOfLimit).toBe(true);
        // It looks one token ahead for the meaning of a description, and does not count that token.
        else if (isOfLimit) expect(countTokens(text)).toBeGreaterThan(maxTokens);
      }),
    );
  });
});

/** The number of tokens before the end of a text, or before what is no token. */
function countTokens(text: string): number {
  const lexer = new Lexer(new Source(text));
  let count = 0;
  try {
    while (lexer.advance().kind !== TokenKind.EOF) count += 1;
    return count;
  } catch {
    return count;
  }
}
