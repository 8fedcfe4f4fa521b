import type { OperationNeeds } from '@graphql-gatehouse/authorization/decision';

/** What `@graphql-gatehouse/codegen` attaches to a document. */
export interface DocumentRules extends OperationNeeds {
  /** The text of the operation. Absent where the document is its own text. */
  readonly text?: string;
  /**
   * Its parts, to ask about several values of its variables at once: `#` in names stands for the number of each. Absent
   * where it has no such form.
   */
  readonly repeated?: {
    /** The kind and the name of the operation. */
    readonly head: string;
    readonly variables: string;
    readonly fields: string;
    readonly fragments: string;
  };
}

/**
 * A document with the types of its result and variables: a `TypedDocumentNode`, or a `TypedDocumentString` of
 * GraphQL Code Generator.
 */
export interface TypedDocument<Result, Variables> {
  __apiType?(variables: Variables): Result;
  readonly __meta__?: { readonly gatehouse?: DocumentRules } | undefined;
}

/** A document whose types do not matter. */
export type AnyDocument = TypedDocument<unknown, object>;

/** Variables may be left out when an operation has none, or only optional ones. */
export type Arguments<Variables, More extends readonly unknown[] = []> =
  Record<string, never> extends Variables
    ? [variables?: Variables, ...more: More]
    : [variables: Variables, ...more: More];

/** @throws {TypeError} for a document that was not generated with `@graphql-gatehouse/codegen`. */
export function rulesOf(document: AnyDocument): DocumentRules {
  const rules = document.__meta__?.gatehouse;
  if (!rules) throw new TypeError('Generate the document with @graphql-gatehouse/codegen.');
  return rules;
}

/** Returns the text of an operation: a `TypedDocumentString` is a String. @throws {TypeError} as {@link rulesOf} */
export const textOf = (document: AnyDocument): string => rulesOf(document).text ?? String(document);
