import type { AnswerSize } from './answer-size.ts';

/** Adds what is inside a leaf of an answer: its text, or the values of an object. The leaf was counted before. */
export function addLeaf(size: AnswerSize, leaf: unknown): void {
  if (typeof leaf === 'string') size.characters += leaf.length;
  else if (typeof leaf === 'object' && leaf !== null) {
    const length = leaf instanceof Date ? lengthOfDate(leaf) : undefined;
    if (length === undefined) addInside(size, leaf);
    else size.characters += length;
  }
}

const {
  toJSON,
  toISOString,
  valueOf: toNumber,
  [Symbol.toPrimitive]: toPrimitive,
  getTime,
} = Date.prototype;
const firstShort = Date.parse('0000-01-01T00:00:00.000Z');
const lastShort = Date.parse('9999-12-31T23:59:59.999Z');

/**
 * Returns the length of a date as JSON: to write one takes longer than everything else about it. Its year has a sign and six
 * digits where four do not suffice, and one without a time is null. Undefined: it may be written as something else.
 */
function lengthOfDate(date: Date): number | undefined {
  const isPlain =
    date.toJSON === toJSON &&
    date.toISOString === toISOString &&
    date.valueOf === toNumber &&
    date[Symbol.toPrimitive] === toPrimitive;
  if (!isPlain) return undefined;
  let time: number;
  try {
    time = getTime.call(date);
  } catch {
    return undefined; // It only inherits from a date.
  }
  if (Number.isNaN(time)) return 0;
  return time >= firstShort && time <= lastShort ? 24 : 27;
}

/** Adds the values inside an object as they are written as JSON. Circles end at the limit. */
function addInside(size: AnswerSize, object: object): void {
  const waiting: unknown[] = [object];
  try {
    for (let each = waiting.pop(); each !== undefined; each = waiting.pop()) {
      if (typeof each === 'string') size.add(0, each.length);
      if (typeof each !== 'object' || each === null) continue;
      const written: unknown = hasToJson(each) ? each.toJSON('') : each;
      if (typeof written === 'string') size.add(0, written.length);
      if (typeof written !== 'object' || written === null) continue;
      const values: unknown[] = Object.values(written);
      const keys = Array.isArray(written) ? [] : Object.keys(written);
      size.add(
        values.length,
        keys.reduce((sum, key) => sum + key.length, 0),
      );
      for (const value of values) waiting.push(value ?? null);
    }
  } catch (error) {
    // Other errors are those of getters, which occur again when the answer is written.
    if (error === size.error) throw error;
  }
}

const hasToJson = (value: object): value is { toJSON(key: string): unknown } =>
  'toJSON' in value && typeof value.toJSON === 'function';
