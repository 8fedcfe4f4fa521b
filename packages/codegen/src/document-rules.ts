import { compileGuards, compileNeeds, type OperationNeeds } from '@gatehouse/authorization/rules';
import type { DocumentNode, GraphQLSchema } from 'graphql';
import { print, stripIgnoredCharacters } from 'graphql';

/** What `@gatehouse/client` reads of a document. */
export interface DocumentRules extends OperationNeeds {
  /** The text to send. Absent where the document is its own text. */
  readonly text?: string;
}

/** Returns the rules of one generated document, or undefined if it has no operation. */
export type CompileDocument = (document: DocumentNode) => DocumentRules | undefined;

/** Creates the compiler of a schema's documents. `hasText` is false for documents that are texts. */
export function createCompileDocument(schema: GraphQLSchema, hasText: boolean): CompileDocument {
  const guards = compileGuards(schema);
  return (document) => {
    const needs = compileNeeds(guards, document);
    if (needs === undefined) return undefined;
    return hasText ? { ...needs, text: stripIgnoredCharacters(print(document)) } : needs;
  };
}
