import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createAnswerSizes } from '../../packages/authorization/src/enforcement/sizes/answer-size.ts';
import { AnswerTooLargeError } from '../../packages/authorization/src/enforcement/sizes/answer-too-large-error.ts';
import { addLeaf } from '../../packages/authorization/src/enforcement/sizes/leaf-size.ts';

/** Returns how many characters are counted of a value of a custom scalar. */
const countOf = (leaf: unknown): number => sizeOf(leaf).characters;

/** Returns the values and characters that are counted of a value of a custom scalar. */
function sizeOf(leaf: unknown) {
  const size = createAnswerSizes({}).begin();
  addLeaf(size, leaf);
  return { values: size.values, characters: size.characters };
}

/** Returns what is inside a value of JSON: the values in lists and objects, and the characters of texts and keys. */
function insideOf(json: unknown): ReturnType<typeof sizeOf> {
  if (typeof json === 'string') return { values: 0, characters: json.length };
  if (typeof json !== 'object' || json === null) return { values: 0, characters: 0 };
  const keys = Array.isArray(json) ? [] : Object.keys(json);
  const found = Object.values(json).map(insideOf);
  return {
    values: found.reduce((sum, { values }) => sum + values + 1, 0),
    characters: found.reduce((sum, { characters }) => sum + characters, keys.join('').length),
  };
}

it('counts the values inside an object, its texts and its keys', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (leaf) => {
      expect(sizeOf(leaf)).toEqual(insideOf(leaf));
    }),
  );
});

it('counts what `toJSON` returns in place of an object, at any depth', () => {
  const written = (json: unknown) => ({ own: 'uncounted', toJSON: () => json });
  fc.assert(
    fc.property(fc.jsonValue(), (json) => {
      expect(sizeOf(written(json))).toEqual(insideOf(json));
      expect(sizeOf([written(json)])).toEqual(insideOf([json]));
    }),
  );
});

it('counts an object whose `toJSON` is no function as it is', () => {
  expect(sizeOf({ toJSON: 'a' })).toEqual(insideOf({ toJSON: 'a' }));
});

it('ends at the limit in an object that contains itself', () => {
  const circle: unknown[] = [];
  circle.push(circle);
  expect(() => sizeOf(circle)).toThrow(AnswerTooLargeError);
});

it('leaves the error of a property to the one who writes the answer', () => {
  const leaf = {
    get broken() {
      throw new TypeError('broken');
    },
  };
  expect(sizeOf(leaf)).toEqual({ values: 0, characters: 0 });
});

/** Returns the length of a value as JSON, without the quotes of a text. */
function lengthOf(date: Date): number {
  const written: unknown = JSON.parse(JSON.stringify(date));
  return typeof written === 'string' ? written.length : 0;
}

const edges = [
  '-000001-12-31T23:59:59.999Z',
  '0000-01-01T00:00:00.000Z',
  '9999-12-31T23:59:59.999Z',
  '+010000-01-01T00:00:00.000Z',
  'no date',
].map((text) => new Date(text));

it('counts a date as it is written, in every year and without a time', () => {
  const dates = fc.oneof(fc.constantFrom(...edges), fc.date({ noInvalidDate: false }));
  fc.assert(fc.property(dates, (date) => countOf(date) === lengthOf(date)));
});

class Withheld extends Date {
  override getTime(): number {
    return Number.NaN;
  }
}

it('counts a date whose time is withheld as it is written', () => {
  expect(countOf(new Withheld(0))).toBe(24);
});

it.each([
  ['toJSON', { toJSON: () => 'x'.repeat(1000) }],
  ['toISOString', { toISOString: () => 'x'.repeat(1000) }],
])('counts what a date writes whose %s is its own', (_name, own) => {
  expect(countOf(Object.assign(new Date(0), own))).toBe(1000);
});

it.each([
  ['valueOf', { valueOf: () => Number.NaN, [Symbol.toPrimitive]: undefined }],
  ['Symbol.toPrimitive', { [Symbol.toPrimitive]: () => Number.NaN }],
])('counts nothing of a date that its %s makes null', (_name, own) => {
  const date = new Date(0);
  for (const key of Reflect.ownKeys(own)) {
    Object.defineProperty(date, key, { value: Reflect.get(own, key) });
  }
  expect(JSON.stringify(date)).toBe('null');
  expect(countOf(date)).toBe(0);
});

it.each([
  ['inherits from a date', Object.create(Date.prototype)],
  ['is a proxy of one', new Proxy(new Date(0), {})],
])('leaves the error of what %s to the one who writes the answer', (_name, leaf: unknown) => {
  expect(() => JSON.stringify(leaf)).toThrow(TypeError);
  expect(countOf(leaf)).toBe(0);
});
