import { describe, expect, it, vi } from 'vitest';
import { createPolicyAnswers } from '../../packages/authorization/src/decision/policy-answers.ts';

class Money {
  readonly cents: number;
  constructor(cents: number) {
    this.cents = cents;
  }
}

const source = { id: 7 };

/** How often a policy is asked when both questions are put in one execution. */
function timesAsked(
  one: Partial<Parameters<ReturnType<typeof createPolicyAnswers>>[0]>,
  other: typeof one,
): number {
  const answers = createPolicyAnswers();
  const policy = vi.fn(() => true);
  for (const question of [one, other]) {
    answers({ policy: 'SELF', source, args: {}, ...question }, policy);
  }
  return policy.mock.calls.length;
}

describe('a policy', () => {
  it.each([
    { title: 'no arguments', args: {} },
    { title: 'texts, numbers, truths, null', args: { a: 'x', b: 1.5, c: true, d: null } },
    { title: 'lists and objects', args: { a: [1, [2, { b: 'c' }]], d: { e: [] } } },
    { title: 'what is not a number', args: { a: Number.NaN, b: -0 } },
  ])('is asked once about the same object and $title', ({ args }) => {
    expect(timesAsked({ args: structuredClone(args) }, { args: structuredClone(args) })).toBe(1);
  });

  it('is asked once where the arguments have no prototype', () => {
    const args = () => Object.assign(Object.create(null), { a: 1 });
    expect(timesAsked({ args: args() }, { args: args() })).toBe(1);
  });

  it('is asked once about a source that is no object', () => {
    expect(timesAsked({ source: undefined }, { source: undefined })).toBe(1);
    expect(timesAsked({ source: 'a' }, { source: 'a' })).toBe(1);
  });

  it.each([
    { title: 'another object with the same content', one: {}, other: { source: { id: 7 } } },
    { title: 'another policy', one: {}, other: { policy: 'BOSS' } },
    { title: 'one more argument', one: { args: {} }, other: { args: { a: null } } },
    { title: 'another argument', one: { args: { a: 1 } }, other: { args: { b: 1 } } },
    { title: 'a text of a number', one: { args: { a: 1 } }, other: { args: { a: '1' } } },
    { title: 'a text of a truth', one: { args: { a: true } }, other: { args: { a: 'true' } } },
    { title: 'a text of null', one: { args: { a: null } }, other: { args: { a: 'null' } } },
    { title: 'a list of one', one: { args: { a: 1 } }, other: { args: { a: [1] } } },
    {
      title: 'a text that looks like two',
      one: { args: { a: ['x', 'y'] } },
      other: { args: { a: ['x","y'] } },
    },
    {
      title: 'a name that looks like two',
      one: { args: { a: 1, b: 2 } },
      other: { args: { 'a":1,"b': 2 } },
    },
    { title: 'other nesting', one: { args: { a: [[1], 2] } }, other: { args: { a: [[1, 2]] } } },
    {
      title: 'an object in the place of its list',
      one: { args: { a: ['b', 1] } },
      other: { args: { a: { b: 1 } } },
    },
    {
      title: 'an empty object in the place of an empty list',
      one: { args: { a: [] } },
      other: { args: { a: {} } },
    },
  ])('is asked again about $title', ({ one, other }) => {
    expect(timesAsked(one, other)).toBe(2);
  });

  it.each([
    { title: 'a date', make: () => new Date(0) },
    { title: 'an invalid date', make: () => new Date(Number.NaN) },
    { title: 'a big integer', make: () => 1n },
    { title: 'undefined', make: () => undefined },
    { title: 'undefined in an object', make: () => ({ a: undefined }) },
    { title: 'a date within a list', make: () => [1, new Date(0)] },
  ])('is asked once about $title', ({ make }) => {
    expect(timesAsked({ args: { a: make() } }, { args: { a: make() } })).toBe(1);
  });

  it.each([
    { title: 'another date', one: new Date(0), other: new Date(1) },
    { title: 'another big integer', one: 1n, other: 2n },
    { title: 'a number in the place of a big integer', one: 1n, other: 1 },
    { title: 'a text in the place of undefined', one: undefined, other: 'undefined' },
    { title: 'a text in the place of a date', one: new Date(0), other: 'Date 0' },
    { title: 'null in the place of undefined', one: undefined, other: null },
  ])('is asked again about $title', ({ one, other }) => {
    expect(timesAsked({ args: { a: one } }, { args: { a: other } })).toBe(2);
  });

  it.each([
    { title: 'an instance', make: () => new Money(1) },
    { title: 'a kind of date', make: () => new (class extends Date {})(0) },
    { title: 'a map', make: () => new Map([[1, 2]]) },
    { title: 'an instance within an object', make: () => ({ price: new Money(1) }) },
  ])('is asked each time about $title, unless it is the same one', ({ make }) => {
    expect(timesAsked({ args: { a: make() } }, { args: { a: make() } })).toBe(2);
    const same = make();
    expect(timesAsked({ args: { a: same } }, { args: { a: same } })).toBe(1);
  });

  it('is asked each time about a symbol or a function, of which nothing is kept', () => {
    for (const same of [Symbol.for('a'), () => 1]) {
      expect(timesAsked({ args: { a: same } }, { args: { a: same } })).toBe(2);
    }
  });

  it('is asked again by another viewer', () => {
    const [one, other] = [{ id: 1 }, { id: 1 }];
    expect(timesAsked({ viewer: one }, { viewer: other })).toBe(2);
    expect(timesAsked({ viewer: one }, { viewer: one })).toBe(1);
  });

  it.each([true, false])('is not asked again after it said %s', (said) => {
    const answers = createPolicyAnswers();
    const question = { policy: 'SELF', source, args: {} };
    expect(answers(question, () => said)).toBe(said);
    expect(answers(question, () => !said)).toBe(said);
  });

  it('is not asked again while it is thinking, nor when it failed', async () => {
    const answers = createPolicyAnswers();
    const question = { policy: 'SELF', source, args: {} };
    const down = new Error('down');
    const policy = vi.fn(async () => {
      throw down;
    });
    const pending = [answers(question, policy), answers(question, policy)];
    expect(policy).toHaveBeenCalledTimes(1);
    const settled = await Promise.allSettled([...pending, answers(question, policy)]);
    expect(settled).toEqual(
      Array.from({ length: 3 }, () => ({ status: 'rejected', reason: down })),
    );
    expect(policy).toHaveBeenCalledTimes(1);
  });

  it('is called again by other answers', () => {
    const policy = vi.fn(() => true);
    for (const answers of [createPolicyAnswers(), createPolicyAnswers()]) {
      answers({ policy: 'SELF', source, args: {} }, policy);
    }
    expect(policy).toHaveBeenCalledTimes(2);
  });
});
