import { isPlainData } from '../../decision/plain-data.ts';

/**
 * Returns a text that is the same for equal ids, by which rows are found: the id `5` of a client and the number of a
 * database are one. The parts of a composite id are compared by name.
 *
 * Undefined for an id without a text of its own, such as a function, an invalid date or an object of a class without
 * `toString`: another id would have the same text.
 */
export function idKey(id: unknown): string | undefined {
  if (typeof id === 'string') return `=${id}`;
  try {
    const comparable = toComparable(id);
    return typeof comparable === 'string' ? `=${comparable}` : JSON.stringify(comparable);
  } catch {
    return undefined;
  }
}

/** The maximum length of the id of a place. */
const maxPlaceLength = 200;

/**
 * Returns the text by which places are compared: a number and its text are one place. Undefined for what is no place: null,
 * an id without a text of its own, and one that is too long to be stored.
 */
export function placeText(id: unknown): string | undefined {
  const text = idKey(id)?.match(/^=(.*)$/s)?.[1];
  return text !== undefined && text.length <= maxPlaceLength ? text : undefined;
}

/** @throws {TypeError} when a part has no text of its own, and what its `toString` throws. */
function toComparable(id: unknown): unknown {
  if (id === null) return null;
  if (id instanceof Uint8Array) return { bytes: Array.from(id) };
  if (Array.isArray(id)) return Array.from(id, toComparable);
  if (!isPlainData(id)) return toOwnText(id);
  const parts = Object.entries(id).map(([name, part]) => [name, toComparable(part)] as const);
  return { parts: parts.sort(([left], [right]) => (left < right ? -1 : 1)) };
}

/** The types of values whose texts do not identify them. */
const withoutText: ReadonlySet<string> = new Set(['undefined', 'function', 'symbol']);

function toOwnText(id: unknown): string {
  const text = id instanceof Date ? id.toJSON() : String(id);
  const isInherited = typeof id === 'object' && text === Object.prototype.toString.call(id);
  if (text === null || isInherited || Number.isNaN(id) || withoutText.has(typeof id)) {
    throw new TypeError('The id has no text of its own.');
  }
  return text;
}

/**
 * Whether two ids with one key are one id. Objects that differ in their class or in an own property are two: a `toString`
 * can leave out what distinguishes them.
 */
export function isSameId(left: unknown, right: unknown): boolean {
  try {
    return isSameValue(left, right);
  } catch {
    return false;
  }
}

/** @throws {RangeError} for an object that contains itself, and what a getter throws. */
function isSameValue(left: unknown, right: unknown): boolean {
  if (Object.is(left, right)) return true;
  if (!isObject(left) || !isObject(right)) {
    const key = isObject(left) || isObject(right) ? undefined : idKey(left);
    return key !== undefined && key === idKey(right);
  }
  const names = Reflect.ownKeys(left);
  return (
    isSameClass(left, right) &&
    names.length === Reflect.ownKeys(right).length &&
    names.every(
      (name) =>
        Object.hasOwn(right, name) &&
        isSameValue(Reflect.get(left, name), Reflect.get(right, name)),
    )
  );
}

/** Plain data has no class: variables and literals can differ in their prototypes. */
const isSameClass = (left: object, right: object): boolean =>
  Object.getPrototypeOf(left) === Object.getPrototypeOf(right) ||
  (isPlainData(left) && isPlainData(right));

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

/** Whether a text is a UUID, which may be sent in any case and is stored in lower case (RFC 9562, 4). */
export const isUuid = (text: string): boolean =>
  /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i.test(text);

/** Returns the key of a UUID in lower case. Undefined for all other ids, and where it is the key of the id. */
export function lowerCaseKey(id: unknown): string | undefined {
  if (typeof id !== 'string') return undefined;
  const lower = id.toLowerCase();
  return lower === id || !isUuid(id) ? undefined : idKey(lower);
}
