import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createAnswerSizes } from '../../packages/authorization/src/enforcement/sizes/answer-size.ts';
import { addLeaf } from '../../packages/authorization/src/enforcement/sizes/leaf-size.ts';

/** Returns how many characters are counted of a value of a custom scalar. */
function countOf(leaf: unknown): number {
  const size = createAnswerSizes({}).begin();
  addLeaf(size, leaf);
  return size.characters;
}

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

it.each([
  ['toJSON', { toJSON: () => 'x'.repeat(1000) }],
  ['toISOString', { toISOString: () => 'x'.repeat(1000) }],
])('counts what a date writes whose %s is its own', (_name, own) => {
  expect(countOf(Object.assign(new Date(0), own))).toBe(1000);
});
