import {
  compileGuards,
  compileNeeds,
  type OperationNeeds,
} from '@graphql-gatehouse/authorization/rules';
import type { DocumentNode, GraphQLSchema } from 'graphql';
import { print, stripIgnoredCharacters } from 'graphql';
import { compileRepeated, type RepeatedOperation } from './compile-repeated.ts';

export interface DocumentRules extends OperationNeeds {
  /** The text to send. Absent where the document is its own text. */
  readonly text?: string;
  /** Its parts, to ask about several values of its variables at once. Absent where nothing would be asked. */
  readonly repeated?: RepeatedOperation;
}

/** Returns the rules of one generated document, or undefined if it has no operation. */
export type CompileDocument = (document: DocumentNode) => DocumentRules | undefined;

/** Creates the compiler of a schema's documents. `hasText` is false for documents that are texts. */
export function createCompileDocument(schema: GraphQLSchema, hasText: boolean): CompileDocument {
  const guards = compileGuards(schema);

  /** Whether policies or the data can decide. */
  const canDepend = ({ needs }: OperationNeeds): boolean =>
    needs.some(
      ({ at, maybe }) =>
        at === '' || maybe || guards.requirements.at(at).some(({ or }) => or.length > 0),
    );

  return (document) => {
    const needs = compileNeeds(guards, document);
    if (needs === undefined) return undefined;
    const repeated = canDepend(needs) ? compileRepeated(document) : undefined;
    return {
      ...needs,
      ...(hasText && { text: stripIgnoredCharacters(print(document)) }),
      ...(repeated && { repeated }),
    };
  };
}
