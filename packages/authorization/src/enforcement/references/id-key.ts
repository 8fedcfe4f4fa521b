import { isPlainData } from '../../decision/plain-data.ts';

/**
 * Returns a text that is the same for equal ids, by which rows are found: the id `5` of a client and the number of a
 * database are one. The parts of a composite id are compared by name. Different ids never have the same text.
 */
export function idKey(id: unknown): string {
  if (id instanceof Date) return `=${id.toJSON()}`;
  if (id instanceof Uint8Array) return JSON.stringify(Array.from(id));
  if (Array.isArray(id)) return JSON.stringify(id.map(idKey));
  if (!isPlainData(id)) return `=${String(id)}`;
  return JSON.stringify(
    Object.entries(id)
      .map(([name, part]) => [name, idKey(part)])
      .sort(([left = ''], [right = '']) => (left < right ? -1 : 1)),
  );
}

/** A text of this form is a UUID, which may be sent in any case and is stored in lower case (RFC 9562, 4). */
const uuidForm = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** Returns the texts by which the row of an id is found, the exact one first. */
export function idKeys(id: unknown): readonly string[] {
  const exact = idKey(id);
  return typeof id === 'string' && uuidForm.test(id) ? [exact, idKey(id.toLowerCase())] : [exact];
}
