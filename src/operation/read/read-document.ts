import { type DocumentNode, GraphQLError, type GraphQLSchema, parse } from 'graphql';
import type { RequestError } from '../errors/request-error.ts';
import { toSyntaxError } from '../errors/syntax-error.ts';
import { createDocumentCache, hashDocument } from './document-cache.ts';
import { explainInvalid, validateDocument } from './validate-document.ts';

/** A document that can be executed, or at least one error. */
type ReadResult =
  | { readonly document: DocumentNode; readonly hash: string }
  | { readonly errors: readonly RequestError[] };

export interface ReadDocumentOptions {
  readonly schema: GraphQLSchema;
  readonly maxTokens: number;
  readonly maxErrors: number;
}

/**
 * Creates the function that parses and validates the text of a document. `visible` returns the part of the schema that
 * the viewer can see. It is called only when the document is not valid, and errors name only that part.
 *
 * Valid documents are cached by their text, for every viewer: whether a document is valid does not depend on the
 * viewer, only how its errors are described.
 */
export function createReadDocument({ schema, maxTokens, maxErrors }: ReadDocumentOptions) {
  const documents = createDocumentCache();
  return (query: string, visible: () => GraphQLSchema): ReadResult => {
    const hash = hashDocument(query);
    const known = documents.get(hash);
    if (known !== undefined) return { document: known, hash };
    const document = tryToParse(query, maxTokens);
    if (document instanceof GraphQLError) return { errors: [document] };
    const errors = validateDocument(document, { schema, maxErrors: 1 });
    if (errors.length > 0) {
      return { errors: explainInvalid(document, { visible: visible(), maxErrors }) };
    }
    documents.set(hash, document);
    return { document, hash };
  };
}

function tryToParse(query: string, maxTokens: number): DocumentNode | RequestError {
  try {
    return parse(query, { maxTokens });
  } catch (error) {
    if (error instanceof GraphQLError) return toSyntaxError(error, maxTokens);
    throw error;
  }
}
