import { type DocumentNode, GraphQLError, type GraphQLSchema, parse } from 'graphql';
import type { RequestError } from '../errors/request-error.ts';
import { toSyntaxError } from '../errors/syntax-error.ts';
import { createDocumentCache, createKeptDocuments, hashDocument } from './document-cache.ts';
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

/** Returns why a text is refused before it is validated. `document` is undefined for a text that cannot be parsed. */
type Refuse = (hash: string, document: DocumentNode | undefined) => RequestError | undefined;

/**
 * Creates the functions that parse and validate the text of a document. `visible` returns the part of the schema that
 * the viewer can see. It is called only when the document is not valid, and errors name only that part.
 *
 * Valid documents are cached by their text, for every viewer: whether a document is valid does not depend on the
 * viewer, only how its errors are described.
 */
export function createReadDocument({ schema, maxTokens, maxErrors }: ReadDocumentOptions) {
  const documents = createDocumentCache();
  const kept = createKeptDocuments();

  function read(
    query: string,
    visible: () => GraphQLSchema,
    refuse: Refuse = () => undefined,
  ): ReadResult {
    const hash = hashDocument(query);
    const cached = kept.get(hash) ?? documents.get(hash);
    const parsed = cached ?? tryToParse(query, maxTokens);
    const error = parsed instanceof GraphQLError ? parsed : undefined;
    const document = parsed instanceof GraphQLError ? undefined : parsed;
    const refusal = refuse(hash, document) ?? error;
    if (refusal !== undefined || document === undefined)
      return { errors: refusal ? [refusal] : [] };
    if (cached !== undefined) return { document, hash };
    const errors = validateDocument(document, { schema, maxErrors: 1 });
    if (errors.length > 0) {
      return { errors: explainInvalid(document, { visible: visible(), maxErrors }) };
    }
    documents.set(hash, document);
    return { document, hash };
  }

  return {
    read,
    /** Reads a text before it is sent, and keeps its document. Returns undefined for one that is not valid. */
    keep(query: string): DocumentNode | undefined {
      const hash = hashDocument(query);
      const document = kept.get(hash) ?? tryToParse(query, maxTokens);
      if (document instanceof GraphQLError) return undefined;
      if (validateDocument(document, { schema, maxErrors: 1 }).length > 0) return undefined;
      kept.add(hash, document);
      return document;
    },
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
