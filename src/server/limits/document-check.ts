import { type DocumentNode, type GraphQLFormattedError, parse } from 'graphql';
import { LRUCache } from 'lru-cache';
import { findDocumentProblem } from '../../admission/document-problem.ts';

/** Returns the error of a document, or undefined if it has none of the errors that are checked here. */
export type CheckDocument = (query: unknown) => GraphQLFormattedError | undefined;

/** How many characters the documents have in all that are known to be good. */
const maxCharacters = 256_000;

/**
 * Makes the check that stands before Apollo Server, for what graphql-js throws on while it validates, in place
 * of telling an error: the answer would be a 500. Each is an error of validation by the specification.
 *
 * Such a document is parsed twice when it first comes, and not at all when it has been found good before. One
 * that cannot be parsed is Apollo Server's.
 */
export function createDocumentCheck({ maxTokens }: { readonly maxTokens: number }): CheckDocument {
  const good = new LRUCache<string, true>({
    maxSize: maxCharacters,
    sizeCalculation: (_good, query) => Math.max(1, query.length),
  });

  return (query) => {
    if (typeof query !== 'string' || !isWorthParsing(query) || good.has(query)) return undefined;
    const document = tryToParse(query, maxTokens);
    const message = document && findDocumentProblem(document);
    if (message !== undefined) {
      return { message, extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } };
    }
    good.set(query, true);
    return undefined;
  };
}

/** Names are written without escapes. */
const isWorthParsing = (query: string): boolean =>
  query.includes('fragment') ||
  (query.includes('subscription') && (query.includes('skip') || query.includes('include')));

function tryToParse(query: string, maxTokens: number): DocumentNode | undefined {
  try {
    return parse(query, { maxTokens, noLocation: true });
  } catch {
    return undefined;
  }
}
