import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  prefersDecision,
  prefersLenient,
} from '../../packages/authorization/src/enforcement/operation/prefer.ts';

/** RFC 7240, 2: `preference = token [ BWS "=" BWS word ] *( OWS ";" [ OWS parameter ] )`. */
describe('the header Prefer', () => {
  it.each([
    'handling=lenient',
    'Handling=Lenient',
    'HANDLING=LENIENT',
    'handling="lenient"',
    'handling = lenient',
    ' handling\t=\t"lenient" ',
    'handling=lenient; wait=10',
    'handling=lenient;',
    'handling=lenient; note="a; b, handling=strict"',
    'respond-async, handling=lenient',
    'respond-async,wait=10 ,handling=lenient',
    ', ,handling=lenient,',
    'handling=lenient, handling=strict',
    'handling=lenient, handling',
    'return=minimal; foo="some parameter", handling=lenient',
    'xhandling=strict, handling=lenient',
  ])('asks for lenient handling: %s', (header) => {
    expect(prefersLenient(header)).toBe(true);
  });

  it('asks for nothing when it is longer than 1,000 characters', () => {
    const header = (length: number) => 'handling=lenient;'.padEnd(length);
    expect(prefersLenient(header(1_000))).toBe(true);
    expect(prefersLenient(header(1_001))).toBe(false);
  });

  it.each([
    undefined,
    null,
    '',
    ' , ',
    'lenient',
    'handling',
    'handling=',
    'handling=""',
    'handling=strict',
    'handling="strict"',
    'handling=strict, handling=lenient',
    'handling=lenientish',
    'handling=lenient=yes',
    'xhandling=lenient',
    'handling-x=lenient',
    'respond-async; handling=lenient',
    'lenient=handling',
    'foo=handling=lenient',
  ])('does not: %s', (header) => {
    expect(prefersLenient(header)).toBe(false);
  });

  it.each([
    'foo="a, handling=lenient"',
    'foo; bar="a, handling=lenient"',
    'foo="a, handling=lenient, b", handling=strict',
    'foo="\\", handling=lenient"',
  ])('does not ask within the quotes of another preference: %s', (header) => {
    expect(prefersLenient(header)).toBe(false);
  });

  it('is not asking when its value is quoted with spaces in it', () => {
    expect(prefersLenient('handling="len ient"')).toBe(false);
    expect(prefersLenient('handling=" lenient"')).toBe(false);
  });

  it('counts the first of two alike, also when it has no value', () => {
    expect(prefersLenient('handling, handling=lenient')).toBe(false);
    expect(prefersLenient('handling; a=b, handling=lenient')).toBe(false);
  });

  it('is not asking in a header that is too long to parse', () => {
    // Each quote is searched for its end: parsing this would take minutes.
    const header = `handling=lenient, ${'"\\'.repeat(600_000)}`;
    expect(prefersLenient(header)).toBe(false);
  });

  it('never throws, and finds the preference among any others', () => {
    fc.assert(fc.property(fc.string(), (text) => typeof prefersLenient(text) === 'boolean'));
    const token = fc.stringMatching(/^[a-z][a-z-]{0,8}$/).filter((name) => name !== 'handling');
    const word = fc.oneof(
      token,
      fc.string({ maxLength: 12 }).map((text) => JSON.stringify(text.replace(/[^ -~]/g, ''))),
    );
    const preference = fc.tuple(token, word).map(([name, value]) => `${name}=${value}`);
    const others = fc.array(preference, { maxLength: 4 });
    fc.assert(
      fc.property(others, others, fc.boolean(), (before, after, isLenient) => {
        const asked = `handling=${isLenient ? 'lenient' : 'strict'}`;
        const header = [...before, asked, ...after].join(', ');
        expect(prefersLenient(header)).toBe(isLenient);
      }),
      { numRuns: 500 },
    );
  });
});

describe('the preference for a decision', () => {
  it.each([
    'decide-only',
    'Decide-Only',
    ' decide-only\t',
    'decide-only; wait=10',
    'decide-only=""',
    'decide-only=true',
    'decide-only = 1',
    'handling=lenient, decide-only',
    'decide-only,handling=lenient',
    'handling=strict;decide-only, decide-only',
    'foo="a, b",decide-only',
    'foo="not closed, decide-only',
  ])('asks for a decision only: %s', (header) => {
    expect(prefersDecision(header)).toBe(true);
  });

  it.each([
    undefined,
    null,
    '',
    'decide',
    'decide-only-later',
    'x-decide-only',
    'handling=decide-only',
    'foo; decide-only',
    'foo="a, decide-only, b"',
  ])('does not ask for a decision only: %s', (header) => {
    expect(prefersDecision(header)).toBe(false);
  });

  it('asks for a decision only wherever the name is in a header that is too long to parse', () => {
    expect(prefersDecision(`foo="${'a'.repeat(1_000)}", Decide-Only`)).toBe(true);
    expect(prefersDecision(`foo="${'a'.repeat(1_000)}"`)).toBe(false);
  });
});
