/**
 * Whether a value is an array, or an object with no class of its own: what JSON and coercion make. Two
 * dates have the same keys, namely none; only plain data is told apart by what is in it.
 */
export function isPlainData(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype || Array.isArray(value);
}
