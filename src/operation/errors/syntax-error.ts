import { type GraphQLError, getLocation, Lexer, type Source, TokenKind } from 'graphql';
import { OperationTooLargeError } from '../../errors.ts';
import { RequestError } from './request-error.ts';

/**
 * Describes why a document cannot be parsed: the kind of the token and its position, never its text. A document
 * with more than `maxTokens` tokens is too large.
 *
 * @param error what `parse` of graphql-js has thrown; its message is not read.
 */
export function toSyntaxError(
  { source, positions }: Pick<GraphQLError, 'source' | 'positions'>,
  maxTokens = Number.POSITIVE_INFINITY,
): RequestError {
  const [position] = positions ?? [];
  if (source === undefined || position === undefined) {
    return new RequestError('GRAPHQL_PARSE_FAILED', 'Syntax error.');
  }
  const place = { source, positions: [position] };
  const { kind, count } = readTokens(source, position);
  if (count > maxTokens) {
    const { code, message, facts } = new OperationTooLargeError('TOKENS', maxTokens);
    return new RequestError(code, message, { ...place, facts });
  }
  const { line, column } = getLocation(source, position);
  const message = `Syntax error: ${describe(kind)} at line ${line}, column ${column}.`;
  return new RequestError('GRAPHQL_PARSE_FAILED', message, place);
}

interface ReadTokens {
  /** The kind of the token at the position; undefined when the text there is no token. */
  readonly kind: TokenKind | undefined;
  /** The number of tokens that begin before or at the position. */
  readonly count: number;
}

/** Counts as the parser does: neither comments nor the end of the document are tokens. */
function readTokens(source: Source, position: number): ReadTokens {
  const lexer = new Lexer(source);
  let count = 0;
  try {
    for (;;) {
      const { kind, start } = lexer.advance();
      if (kind !== TokenKind.EOF) count += 1;
      if (kind === TokenKind.EOF || start >= position) return { kind, count };
    }
  } catch {
    return { kind: undefined, count };
  }
}

function describe(kind: TokenKind | undefined): string {
  if (kind === undefined) return 'unreadable text';
  if (kind === TokenKind.EOF) return 'unexpected end of the document';
  const isPunctuator = /^\W/.test(kind);
  return `unexpected ${isPunctuator ? `"${kind}"` : kind}`;
}
