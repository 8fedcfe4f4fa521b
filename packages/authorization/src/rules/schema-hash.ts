import type { GraphQLSchema } from 'graphql';
import { lexicographicSortSchema, print, visit } from 'graphql';
import { toSchemaDocument } from '../reports/schema-document.ts';

const offsetBasis = 0xcbf29ce484222325n;
const prime = 0x100000001b3n;

/**
 * Returns the hash of a schema with its guards, in 16 hexadecimal digits. Descriptions and the order of elements do
 * not count. It distinguishes versions of one schema; it is not for secrets (FNV-1a, 64 bits, of UTF-16 code units).
 */
export function schemaHash(schema: GraphQLSchema): string {
  const document = visit(toSchemaDocument(lexicographicSortSchema(schema)), {
    enter: (node) =>
      'description' in node && node.description ? { ...node, description: undefined } : undefined,
  });
  const text = print(document);
  let hash = offsetBasis;
  for (let index = 0; index < text.length; index += 1) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(text.charCodeAt(index))) * prime);
  }
  return hash.toString(16).padStart(16, '0');
}
