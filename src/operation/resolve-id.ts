/** The parameters of a request that can name an operation (GraphQL over HTTP, appendix A, and what clients send). */
export interface IdentifiedRequest {
  readonly query?: unknown;
  /** The draft of GraphQL over HTTP, and urql. */
  readonly documentId?: unknown;
  /** Relay, as its guide writes it, and older guides. */
  readonly doc_id?: unknown;
  readonly id?: unknown;
  /** `persistedQuery`: Apollo Client, urql, and graphql-ws. */
  readonly extensions?: unknown;
}

/** What replaces these parameters. Without `query`: the id is unknown, and `extensions.persistedQuery` names it. */
export interface ResolvedRequest {
  readonly query: string | undefined;
  readonly extensions: Readonly<Record<string, unknown>> | null;
}

/** Replaces the id of an operation by its text. Undefined: nothing to replace. A text that is sent too counts alone. */
export type ResolveId = (request: IdentifiedRequest) => ResolvedRequest | undefined;

/** Creates the function that replaces ids. `textOf` returns the text of an id. */
export const createResolveId =
  (textOf: (id: string) => string | undefined): ResolveId =>
  ({ query, documentId, doc_id, id, extensions }) => {
    const { persistedQuery, ...others } = isRecord(extensions) ? extensions : {};
    const rest = Object.keys(others).length === 0 ? null : others;
    if (typeof query === 'string' && query !== '') {
      return persistedQuery === undefined ? undefined : { query, extensions: rest };
    }
    const sent = [documentId, doc_id, id, idOf(persistedQuery)].find(isId);
    if (sent === undefined) return undefined;
    const text = textOf(sent);
    return text === undefined
      ? { query: undefined, extensions: { persistedQuery: { version: 1, sha256Hash: sent } } }
      : { query: text, extensions: rest };
  };

const idOf = (persistedQuery: unknown): unknown =>
  isRecord(persistedQuery) ? persistedQuery.sha256Hash : persistedQuery;

const isId = (value: unknown): value is string => typeof value === 'string' && value !== '';

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
