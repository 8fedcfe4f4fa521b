import type { AnswerSize } from './answer-size.ts';

/** Adds what is inside a leaf of an answer: its text, or the values of an object. The leaf was counted before. */
export function addLeaf(size: AnswerSize, leaf: unknown): void {
  if (typeof leaf === 'string') size.characters += leaf.length;
  else if (typeof leaf === 'object' && leaf !== null) addInside(size, leaf);
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
