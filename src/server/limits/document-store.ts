import type { DocumentNode } from 'graphql';
import { LRUCache } from 'lru-cache';

/**
 * How many characters the kept documents have in all. A character was measured to cost up to 250 bytes of
 * memory, as a field of one letter, and 45 in comments, of which the parser keeps each: 60 MB at most.
 */
const maxCharacters = 256_000;

/**
 * Keeps parsed and validated documents by their text, as Apollo Server's own store does. That one measures a
 * document by its JSON, in which comments are left out: a few thousand documents of comments fill the memory.
 */
export function createDocumentStore() {
  const documents = new LRUCache<string, DocumentNode>({
    maxSize: maxCharacters,
    sizeCalculation: ({ loc }) => loc?.source.body.length ?? maxCharacters,
  });
  return {
    get: async (key: string) => documents.get(key),
    set: async (key: string, document: DocumentNode) => {
      documents.set(key, document);
    },
    delete: async (key: string) => documents.delete(key),
  };
}
