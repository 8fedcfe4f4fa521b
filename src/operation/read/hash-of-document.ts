import { type DocumentNode, print } from 'graphql';
import { hashDocument } from './document-cache.ts';

/** Creates the function that returns the SHA-256 of a document's text, as the log has it. */
export function createHashOfDocument(): (document: DocumentNode) => string {
  const hashes = new WeakMap<DocumentNode, string>();
  return (document) => {
    const known = hashes.get(document);
    if (known !== undefined) return known;
    const hash = hashDocument(document.loc?.source.body ?? print(document));
    hashes.set(document, hash);
    return hash;
  };
}
