import { createHash } from 'node:crypto';
import type { Types } from '@graphql-codegen/plugin-helpers';
import { concatAST, print, separateOperations, stripIgnoredCharacters } from 'graphql';

/**
 * Prints the operations of a front end as JSON: each text that it sends, by its SHA-256 in hexadecimal. `gatehouse operations
 * check` reads it, and a server that serves known operations alone.
 *
 * Not the file of `persistedDocuments` of `@graphql-codegen/client-preset`: that sorts the fields of each text, so that it
 * is not the one that is sent.
 */
export function printOperations(documents: readonly Types.DocumentFile[]): string {
  const whole = concatAST(documents.flatMap(({ document }) => document ?? []));
  const texts = Object.entries(separateOperations(whole))
    .filter(([name]) => name !== '')
    .map(([, document]) => stripIgnoredCharacters(print(document)))
    .sort();
  const entries = texts.map((text) => [createHash('sha256').update(text).digest('hex'), text]);
  return `${JSON.stringify(Object.fromEntries(entries), undefined, 2)}\n`;
}
