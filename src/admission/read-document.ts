import { type DocumentNode, GraphQLError, type GraphQLSchema, parse, validate } from 'graphql';
import { LRUCache } from 'lru-cache';

export type ReadResult =
  | { readonly document: DocumentNode }
  | { readonly errors: readonly GraphQLError[] };
export type ReadDocument = (query: string, visible: () => GraphQLSchema) => ReadResult;
export interface ReadDocumentOptions {
  readonly schema: GraphQLSchema;
  readonly maxTokens: number;
  readonly maxErrors: number;
}
const coded = (error: GraphQLError, code: string): GraphQLError =>
  Object.assign(error, { extensions: { code } });
export function createReadDocument({
  schema,
  maxTokens,
  maxErrors,
}: ReadDocumentOptions): ReadDocument {
  const valid = new LRUCache<string, DocumentNode>({
    maxSize: 256_000,
    sizeCalculation: (_document, query) => Math.max(1, query.length),
  });
  return (query, visible) => {
    const known = valid.get(query);
    if (known !== undefined) return { document: known };
    try {
      const document = parse(query, { maxTokens });
      const errors = validate(schema, document, undefined, { maxErrors, hideSuggestions: true });
      if (errors.length > 0) {
        const told = validate(visible(), document, undefined, { maxErrors, hideSuggestions: true });
        return { errors: told.map((e) => coded(e, 'GRAPHQL_VALIDATION_FAILED')) };
      }
      valid.set(query, document);
      return { document };
    } catch (error) {
      if (error instanceof GraphQLError) return { errors: [coded(error, 'GRAPHQL_PARSE_FAILED')] };
      throw error;
    }
  };
}
