import { createHash } from 'node:crypto';
import type { DocumentNode } from 'graphql';
import { LRUCache } from 'lru-cache';

/**
 * The maximum number of characters of all cached documents. A character takes up to 250 bytes of memory (measured for
 * fields with names of one letter), and 45 in comments, which the parser keeps. So the cache takes at most 60 MB.
 */
const maxCharacters = 256_000;

/**
 * Creates the one cache of parsed and valid documents of all transports, by the hash of their text. It measures them by
 * their text: the default store of Apollo Server measures their JSON, without comments, so that some thousand documents
 * of comments would fill the memory.
 */
export const createDocumentCache = () =>
  new LRUCache<string, DocumentNode>({
    maxSize: maxCharacters,
    sizeCalculation: ({ loc }) => Math.max(1, loc?.source.body.length ?? maxCharacters),
  });

/** The maximum number of characters of all documents that are never removed. They are those of the operator. */
const maxKeptCharacters = 1_000_000;

/** Creates the store of documents that are read at start and never removed, by the hash of their text. */
export function createKeptDocuments() {
  const documents = new Map<string, DocumentNode>();
  let characters = 0;
  return {
    get: (hash: string): DocumentNode | undefined => documents.get(hash),
    add(hash: string, document: DocumentNode): void {
      const length = document.loc?.source.body.length ?? maxKeptCharacters;
      if (documents.has(hash) || characters + length > maxKeptCharacters) return;
      characters += length;
      documents.set(hash, document);
    },
  };
}

/** Returns the SHA-256 of a document's text, in hexadecimal. */
export const hashDocument = (text: string): string =>
  createHash('sha256').update(text).digest('hex');
