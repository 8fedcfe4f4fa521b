/**
 * Whether a value is an array or an object without a class, as JSON and coercion create them. Only these can be
 * compared by their entries: two different dates, for example, both have none.
 */
export function isPlainData(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype || Array.isArray(value);
}
